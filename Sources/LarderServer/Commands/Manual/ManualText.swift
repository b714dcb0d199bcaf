/// The texts that `CommandManual` reads: one for each group of commands.
enum ManualText {}

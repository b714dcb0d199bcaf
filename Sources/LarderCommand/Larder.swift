/// The `larder` command.
@main struct LarderCommand {
    static func main() {
        print("larder")
    }
}

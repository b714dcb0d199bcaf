import LarderAssembly
import LarderCore
import LarderMemory

/// Settings from files: SIGHUP and CONFIG REWRITE.
extension ServerShared {
    /// Reads the configuration again and takes over what a running server can. What is wrong leaves
    /// everything as it is.
    func reload() {
        guard let sources else { return reloadCertificates() }
        let loaded: LoadedConfiguration
        do throws(ConfigurationProblems) {
            loaded = try sources.load()
        } catch {
            for problem in error.problems {
                logger.error(
                    "the configuration was not reloaded", ["problem": .text("\(problem)")])
            }
            return
        }
        if let refusal = loaded.userRefusal(comingFrom: currentSettings.configuration) {
            return logRefusal(refusal.message)
        }
        var configuration = loaded.configuration
        // Whatever waits for files comes before the lock.
        let context = preparedContext(&configuration)
        guard let (secrets, prepared) = prepare(configuration) else { return }
        // The last one of the old origins' threads is not waited for under a lock.
        let replaced = namespaces.current
        defer { withExtendedLifetime(replaced) {} }
        let outcome = settings.withLock { current in
            let outcome = adopt(configuration, secrets, &current)
            if case .success = outcome {
                if let context { certificates?.install(context) }
                if let prepared { namespaces.install(prepared, configuration) }
            }
            return outcome
        }
        switch outcome {
        case .success(let taken):
            if let context { certificates?.tellInstalled(context) }
            cut(taken.users)
            tell(taken.changed, waiting: taken.waiting)
        case .failure(let refusal): logRefusal(refusal.message)
        }
    }

    /// What a configuration needs that takes time; nil if it cannot be had, which was logged.
    private func prepare(_ configuration: Configuration) -> (UserSecrets, ReadThrough?)? {
        do throws(UserFailure) {
            let secrets = try UserSecrets(of: configuration)
            do throws(ServerFailure) {
                return (secrets, try namespaces.prepare(configuration))
            } catch {
                logRefusal(error.description)
            }
        } catch {
            logRefusal(error.description)
        }
        return nil
    }

    private func logRefusal(_ problem: String) {
        logger.error("the configuration was not reloaded", ["problem": .text(problem)])
    }

    private func adopt(
        _ new: Configuration, _ secrets: UserSecrets, _ current: inout RuntimeSettings
    ) -> Result<Taken, SettingRefusal> {
        var tried = current
        do throws(ConfigurationError) {
            let taken = try tried.adopt(new, fixed: Set(Self.fixedSettings.keys))
            guard tried.memoryLimitBytes >= store.limitMin else {
                return .failure(
                    SettingRefusal(
                        message: "memory.limit is less than the \(store.limitMin) bytes of the "
                            + "store's tables; give more, or restart"))
            }
            // Also when none has changed here: the passwords are in files of their own.
            let changed: Set<String>
            switch changeUsers(tried.configuration, secrets) {
            case .success(let names): changed = names
            case .failure(let refusal): return .failure(refusal)
            }
            current = tried
            carryOut(taken.changed, tried)
            return .success(
                Taken(changed: taken.changed, waiting: taken.waiting, users: changed))
        } catch {
            return .failure(SettingRefusal(message: error.description))
        }
    }

    private func tell(_ changed: Set<String>, waiting: [String]) {
        let names = changed.sorted().joined(separator: " ")
        logger.info(
            "the configuration was reloaded",
            ["changed": .text(names.isEmpty ? "nothing" : names)])
        guard !waiting.isEmpty else { return }
        logger.warning(
            "some settings take effect at the next start",
            ["names": .text(waiting.joined(separator: " "))])
    }

    /// CONFIG REWRITE.
    func rewrite() throws(ConfigurationRewriteFailure) {
        guard let sources else { throw .noFile }
        try sources.rewrite(currentSettings)
        logger.info(
            "settings were written by CONFIG REWRITE",
            ["file": .text(sources.runtimeFile ?? "")])
    }
}

extension TimingSettings {
    /// The thresholds of a configuration.
    func adopt(_ configuration: Configuration) {
        let slow = configuration.slowlog.threshold.map { Int(clamping: $0.microseconds) }
        let milliseconds = Int64(clamping: configuration.latency.threshold.microseconds / 1000)
        change { values in
            values.slowMicroseconds = slow
            values.latencyMilliseconds = milliseconds
        }
    }
}

extension Duration {
    fileprivate var microseconds: Int128 { attoseconds / 1_000_000_000_000 }
}

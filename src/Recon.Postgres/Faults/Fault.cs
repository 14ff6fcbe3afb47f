namespace Recon.Postgres.Faults;

/// <summary>What a failure means for the work at hand.</summary>
internal enum FaultKind
{
    /// <summary>The connection or the input as described cannot work: password, certificate, file. Exit code 2.</summary>
    Configuration,

    /// <summary>The server refuses what was asked: privilege, table, column, schema. Exit code 2.</summary>
    Refused,

    /// <summary>Trying again may help. Exit code 4.</summary>
    Transient,

    /// <summary>The connection broke while a commit was on its way: it may have happened. Only a retry that checks the
    /// ledger first is safe. Exit code 4.</summary>
    UnknownCommit,

    /// <summary>The server takes no writes now (a standby, or a fail-over under way): reconnect. Exit code 4.</summary>
    ReadOnly,

    /// <summary>Trying again does not help before people have put something right at the server, such as a full disk: stop,
    /// resumable. Exit code 4.</summary>
    Stop,

    /// <summary>One row's value cannot be stored: reject that row, send the others again. Exit code 1 if the caller does not.</summary>
    BadRow,

    /// <summary>Another run took over: this one must not commit any more. Exit code 5.</summary>
    LeaseLost,

    /// <summary>The work was cancelled. Exit code 130.</summary>
    Cancelled,

    /// <summary>None of these: a fault of recon's. Exit code 1.</summary>
    Bug,
}

/// <summary>What was being done when a failure happened: some failures look alike otherwise.</summary>
internal enum FaultPhase
{
    Connect,

    Command,

    Copy,

    Commit,
}

/// <param name="SqlState">PostgreSQL's five characters; <see langword="null"/> when the server did not say anything.</param>
/// <param name="Message">One line: what, where, why, what to do. No secret, no row's data.</param>
/// <param name="ExitCode">The exit code if the failure ends the run.</param>
internal sealed record Fault(FaultKind Kind, string? SqlState, string Message, int ExitCode);

namespace Recon.Postgres.Faults;

/// <summary>What each SQLSTATE that we know means for us.</summary>
internal static class SqlStates
{
    /// <param name="What">What happened, as the start of a sentence.</param>
    /// <param name="Fix">What to do, as a sentence; empty when retrying is all there is.</param>
    /// <param name="ExitCode">The exit code if it ends the run.</param>
    /// <param name="ShowsServerText">Whether the server's text is shown: not where it may quote a row.</param>
    internal readonly record struct Meaning(FaultKind Kind, string What, string Fix, int ExitCode, bool ShowsServerText = true);

    public static Meaning Of(string state, FaultPhase phase) => state switch
    {
        "28P01" or "28000" => Configuration("Access was refused", "Check user and password (--postgres, RECON_POSTGRES, PGPASSWORD, ~/.pgpass) and the server's pg_hba.conf."),
        "3D000" => Configuration("The database does not exist", "Check the database's name, or create it."),
        "42501" => Refused("A privilege is missing", "Grant it; recon reads the mirror (usage on schema, select) and writes only to its staging schema."),
        "3F000" => Refused("A schema does not exist", "Check the table names in the definition; the staging schema is made by 'recon setup'."),
        "42P01" => Refused("A table does not exist", "Check the table names in the definition; the staging tables are made by 'recon setup'."),
        "42703" => Refused("A column does not exist", "Check that the HubSpot property is synchronised to PostgreSQL, and its name in the definition; 'recon check' lists all."),
        "42804" or "42883" or "42P18" => Refused("A column has another type than expected", "'recon check' compares the types."),

        "40001" or "40P01" => Transient("Another transaction was in the way"),
        "55P03" => Transient("A lock was not available"),
        "53300" => Transient("The server has no connection left", "Lower the parallelism in the definition, or raise max_connections."),
        "57P01" or "57P02" or "57P03" => Transient("The server is stopping or starting", "Run again with --resume when it is up."),
        "25P03" => Transient("The server ended an idle transaction"),
        "08000" or "08001" or "08003" or "08004" or "08006" when phase == FaultPhase.Commit =>
            new Meaning(FaultKind.UnknownCommit, "The connection broke during a commit", "Whether it took place is decided by the ledger.", 4),
        "08000" or "08001" or "08003" or "08004" or "08006" => Transient("The connection was lost"),
        "57014" => Transient("The server cancelled the statement", "Is a statement_timeout set that is too short, or the key without an index?"),

        "25006" => new Meaning(FaultKind.ReadOnly, "The server does not accept writes (a standby, or a fail-over in progress)", "Connect to the primary; run again with --resume.", 4),
        "53100" => new Meaning(FaultKind.DiskFull, "The server's disk is full", "Make room, then run again with --resume.", 4),
        "53400" => new Meaning(FaultKind.DiskFull, "A limit of the server was reached", "Raise it (temp_file_limit and the like), then run again with --resume.", 4),
        "53200" => new Meaning(FaultKind.DiskFull, "The server is out of memory", "Lower the batch size or the parallelism, then run again with --resume.", 4),

        "22021" => BadRow("A text holds a character that PostgreSQL cannot store (such as NUL)"),
        "22P05" => BadRow("A text holds a character that the database's encoding lacks"),
        "22P02" or "22P03" => BadRow("A value is not of its column's type"),
        "22003" => BadRow("A number is too large for its column"),
        "22001" => BadRow("A text is too long for its column"),
        "22007" or "22008" => BadRow("A date or time is not valid"),
        "54001" or "54000" => BadRow("A value is too large or too deeply nested"),

        "23503" => new Meaning(FaultKind.Refused, "A foreign key refers to rows that the new result does not have", "Let the key delete or clear them (on delete cascade, on delete set null), or fix the input.", 2, ShowsServerText: false),
        "23505" => new Meaning(FaultKind.Bug, "A row exists already under the same key", "A re-run never conflicts with its own rows: does something else write to the staging schema? 'recon clear' empties it.", 1),
        "08P01" => new Meaning(FaultKind.Bug, "The server did not understand what was sent", "This is a fault of recon, or of a proxy in between.", 1),
        _ => new Meaning(FaultKind.Bug, "The server refused a statement", "", 1, ShowsServerText: state.StartsWith("42", StringComparison.Ordinal)),
    };

    private static Meaning Configuration(string what, string fix) => new(FaultKind.Configuration, what, fix, 2);

    private static Meaning Refused(string what, string fix) => new(FaultKind.Refused, what, fix, 2);

    private static Meaning Transient(string what, string fix = "Run again with --resume if it does not pass by itself.")
        => new(FaultKind.Transient, what, fix, 4);

    private static Meaning BadRow(string what) => new(FaultKind.BadRow, what, "", 1, ShowsServerText: false);
}

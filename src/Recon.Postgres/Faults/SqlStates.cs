using System.Collections.Frozen;

namespace Recon.Postgres.Faults;

/// <summary>
/// What each SQLSTATE means for us: the one table, from which docs/operations.md has its own. Every code of PostgreSQL has
/// an entry, itself or by its class; what has none is an extension's or a function's own.
/// </summary>
internal static class SqlStates
{
    /// <param name="What">What happened, as the start of a sentence.</param>
    /// <param name="Fix">What to do, as a sentence; empty when retrying is all there is.</param>
    /// <param name="ExitCode">The exit code if it ends the run.</param>
    /// <param name="ShowsServerText">Whether the server's text is shown: not where it may quote a row.</param>
    internal sealed record Meaning(FaultKind Kind, string What, string Fix, int ExitCode, bool ShowsServerText = true);

    private static readonly Meaning s_unknown = new(FaultKind.Bug, "The server refused a statement", "", 1, ShowsServerText: false);

    private static readonly Meaning s_lostCommit =
        new(FaultKind.UnknownCommit, "The connection broke during a commit", "Whether it took place is decided by the ledger.", 4);

    private static readonly Meaning s_pooler =
        new(FaultKind.Transient, "A pooler in between lost the server, or does not let this connection to it", "Run again with --resume when the server is up.", 4);

    /// <summary>All decisions: codes of five characters, and classes of two for what they do not name.</summary>
    public static IReadOnlyList<(string States, Meaning Meaning)> Table { get; } =
    [
        ("08", Transient("The connection was lost")),
        ("40", Transient("Another transaction was in the way")),
        ("55P03", Transient("A lock was not available")),
        ("55006", Transient("Something is in use by another session")),
        ("53300", Transient("The server has no connection left", "Lower the parallelism in the definition, or raise max_connections.")),
        ("57P01 57P02 57P03 57", Transient("The server is stopping or starting", "Run again with --resume when it is up.")),
        ("57014", Transient("The server cancelled the statement", "Is a statement_timeout set that is too short, or the key without an index?")),
        ("25P03 57P05", Transient("The server ended an idle session", "Are idle_in_transaction_session_timeout or idle_session_timeout too short?")),
        ("25P04", Transient("The server ended a long transaction", "Raise transaction_timeout for this role.")),
        ("72", Transient("The server discarded what a long query reads", "Raise old_snapshot_threshold.")),
        ("XX000", Transient("The server had an internal error", "Run again with --resume if it does not pass by itself; the server's log says more.")),
        ("HV00N", Transient("A foreign server could not be reached")),

        ("25006", new Meaning(FaultKind.ReadOnly, "The server does not accept writes (a standby, or a fail-over in progress)", "Connect to the primary; run again with --resume.", 4)),

        ("53100", Stop("The server's disk is full", "Make room, then run again with --resume.")),
        ("53200", Stop("The server is out of memory", "Lower the batch size or the parallelism, then run again with --resume.")),
        ("53400 53", Stop("A limit of the server was reached", "Raise it (temp_file_limit and the like), then run again with --resume.")),
        ("58030 58", Stop("The server's machine could not read or write", "Look at its disks and at the server's log, then run again with --resume.")),
        ("XX001 XX002 XX", Stop("The server found damaged data", "Look at the server's log, reindex or restore what it names, then run again with --resume.")),
        ("F0", Stop("The server's own files are not as it needs them", "Look at the server's log, then run again with --resume.")),

        ("22", BadRow("A value does not fit its column")),
        ("22001", BadRow("A text is too long for its column")),
        ("22003", BadRow("A number is too large for its column")),
        ("22007 22008", BadRow("A date or time is not valid")),
        ("22021", BadRow("A text holds a character that PostgreSQL cannot store (such as NUL)")),
        ("22P02 22P03", BadRow("A value is not of its column's type")),
        ("22P05", BadRow("A text holds a character that the database's encoding lacks")),
        ("54000 54001", BadRow("A value is too large or too deeply nested")),

        ("28P01 28000 28", Configuration("Access was refused", "Check user and password (--postgres, RECON_POSTGRES, PGPASSWORD, ~/.pgpass) and the server's pg_hba.conf.")),
        ("3D000 3D 57P04", Configuration("The database does not exist", "Check the database's name, or create it.")),
        ("22023 55P02", Configuration("A setting has a value that the server does not take", "Check the options of the connection (PGOPTIONS, Options).")),
        ("26000 26 42P05", Configuration("A prepared statement is not where it was prepared", "Behind a pooler (PgBouncer), add Max Auto Prepare=0 to the connection string.")),

        ("42501 0L 0P", Refused("A privilege is missing", "Grant it; recon reads the mirror (usage on schema, select) and writes only to its staging schema.")),
        ("3F000 3F", Refused("A schema does not exist", "Check the table names in the definition; the staging schema is made by 'recon setup'.")),
        ("42P01", Refused("A table does not exist", "Check the table names in the definition; the staging tables are made by 'recon setup'.")),
        ("42703", Refused("A column does not exist", "If it is the mirror's, check that the HubSpot property is synchronised to PostgreSQL, and its name in the definition; 'recon check' lists all. If it is the staging schema's, another version of recon made that: 'recon setup' adds what is missing.")),
        ("42804", Refused("A column or a rule of a table is not as expected", "'recon check' compares the types; if the staging table was altered meanwhile, run again with --resume, or else with --fresh.")),
        ("42883 42P18", Refused("A column has another type than expected", "'recon check' compares the types.")),
        ("42809 428C9 42P16 42P17", Refused("A table or column is of another kind than expected", "recon needs tables and columns as 'recon setup' makes them; the mirror may have views.")),
        ("55", Refused("A table is not in a state in which it can be used", "Is it a materialized view that was never refreshed?")),
        ("2B", Refused("Other objects depend on what recon has to drop", "Let them refer to the staging table, not to a table of one run.")),
        ("23503 23001", new Meaning(FaultKind.Refused, "A foreign key refers to rows that the new result does not have", "Let the key delete or clear them (on delete cascade, on delete set null), or fix the input.", 2, ShowsServerText: false)),
        ("0A 54", Refused("The server does not support what was asked", "If a table was altered meanwhile, run again.")),
        ("HV", Refused("A foreign table cannot be read", "Check its server and its columns.")),
        ("09 20 27 2F 38 39 44 P0", new Meaning(FaultKind.Refused, "A function or trigger of the database refused it", "See the server's log for its message.", 2, ShowsServerText: false)),

        ("23505", new Meaning(FaultKind.Bug, "A row exists already under the same key", "A re-run never conflicts with its own rows: does something else write to the staging schema? 'recon clear' empties it.", 1)),
        ("23", new Meaning(FaultKind.Bug, "A constraint refused a row", "If the constraint is yours, drop it; else please report it.", 1, ShowsServerText: false)),
        ("08P01", new Meaning(FaultKind.Bug, "The server did not understand what was sent", "This is a fault of recon, or of a proxy in between.", 1)),
        ("42", new Meaning(FaultKind.Bug, "The server refused a statement", "", 1)),
        ("00 01 02 03 0B 0F 0Z 21 22P04 24 25 2D 34 3B", s_unknown),
    ];

    private static readonly FrozenDictionary<string, Meaning> s_meanings = Table
        .SelectMany(row => row.States.Split(' '), (row, state) => KeyValuePair.Create(state, row.Meaning))
        .ToFrozenDictionary(StringComparer.Ordinal);

    /// <param name="ofPooler">Whether something between us and PostgreSQL made the error, which has no words of its own for what it means.</param>
    public static Meaning Of(string state, FaultPhase phase, bool ofPooler = false)
        => ofPooler && state is "08P01" or "58000" ? s_pooler
            : state.StartsWith("08", StringComparison.Ordinal) && state != "08P01" && phase == FaultPhase.Commit ? s_lostCommit
            : Find(state) ?? s_unknown;

    /// <summary>What the table says of a code, by itself or by its class.</summary>
    public static Meaning? Find(string state)
        => s_meanings.GetValueOrDefault(state) ?? (state.Length == 5 ? s_meanings.GetValueOrDefault(state[..2]) : null);

    private static Meaning Configuration(string what, string fix) => new(FaultKind.Configuration, what, fix, 2);

    private static Meaning Refused(string what, string fix) => new(FaultKind.Refused, what, fix, 2);

    private static Meaning Transient(string what, string fix = "Run again with --resume if it does not pass by itself.")
        => new(FaultKind.Transient, what, fix, 4);

    private static Meaning Stop(string what, string fix) => new(FaultKind.Stop, what, fix, 4);

    private static Meaning BadRow(string what) => new(FaultKind.BadRow, what, "", 1, ShowsServerText: false);
}

namespace Recon.Postgres.Checks;

/// <summary>A kind of finding. Scripts and code scanners know it by its id, so an id never changes.</summary>
/// <param name="Subject">What subjects of the kind begin with; names of tables and columns may follow.</param>
internal sealed record FindingCode(string Id, string Subject, string Description)
{
    /// <summary>All kinds. Of two that a subject begins with, the longer one is meant.</summary>
    public static IReadOnlyList<FindingCode> All { get; } =
    [
        Of("definition", "The definition file can be read and says what recon understands."),
        Of("test", "The tests in the definition pass."),
        Of("connection", "The server can be reached."),
        Of("connections", "The server has enough free connections."),
        Of("server", "The server answers what is asked about it."),
        Of("server version", "The server's version is supported."),
        Of("server encoding", "The database's encoding holds all texts of the file."),
        Of("server role", "The server accepts writes."),
        Of("tls", "The connection is encrypted where it has to be."),
        Of("schema", "The staging schema can be used."),
        Of("staging", "The staging tables can be looked at."),
        Of("cluster", "The workers of a run can find each other."),
        Of("lease", "No other run holds the pipeline."),
        Of("unfinished run", "No unfinished run has to be continued or discarded first."),
        Of("claims", "No other pipeline claims the same HubSpot records."),
        Of("object", "It is known which HubSpot objects the records are."),
        Of("gates", "The limits beyond which a run publishes nothing."),
        Of("input", "The files can be read, in the declared encoding and notation."),
        Of("map file", "The files of maps can be read."),
        Of("records", "The first records can be read and converted."),
        Of("exclude", "Filters leave out what they are meant to."),
        Of("damaged text", "Texts were not damaged before they were exported."),
        Of("property", "The values of the file can be converted."),
        Of("mirror", "The mirror can be looked at."),
        Of("table", "A table exists, can be read, and is what the definition needs."),
        Of("column", "A column exists and has a type that fits."),
        Of("columns of", "The columns that the definition names exist."),
        Of("values of", "The values of the mirror can be read."),
        Of("index on", "A lookup's key has an index."),
        Of("keys in", "The mirror's keys are written as the file's ids are."),
        Of("repeated keys in", "No key leads to several rows of the mirror."),
        Of("ids in", "The mirror's HubSpot ids are integers."),
        Of("where,", "The conditions of a lookup can be asked."),
        Of("lookup", "The ids of the first records are found."),
        Of("lookups", "The first records can be looked up."),
        Of("parent", "The ids of parents can be found."),
        Of("portal", "The account takes what the definition makes."),
        Of("portal account", "The portal file is of the account that the definition names."),
        Of("portal type", "The account has the object types."),
        Of("portal property", "The account has the properties."),
        Of("portal read-only", "The properties can be written."),
        Of("portal kind", "The properties take the kind of value that is made for them."),
        Of("portal option", "The values are options of the properties."),
        Of("portal value", "The values are numbers, days, times or truth values where the properties want them."),
        Of("portal length", "The texts are not too long for the account."),
        Of("portal rule", "The values keep the account's rules."),
        Of("portal required", "No property loses its value that must have one."),
        Of("portal conditional", "No property lacks a value that it must have under a condition."),
        Of("portal unique", "No value is given to several records that only one may have."),
    ];

    /// <summary>The kind of a finding with a subject.</summary>
    public static FindingCode Of(string subject)
        => All.Where(code => subject.StartsWith(code.Subject, StringComparison.Ordinal)).MaxBy(code => code.Subject.Length)
            ?? new FindingCode("other", subject, "Anything else.");

    private static FindingCode Of(string subject, string description) => new(
        subject.Split(' ') is [.. var words, "of" or "in" or "on"] ? string.Join('-', words) : subject.TrimEnd(',').Replace(' ', '-'),
        subject,
        description);
}

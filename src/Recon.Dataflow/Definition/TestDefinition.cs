using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Definition;

/// <summary>A test of a pipeline, run without a server: records and HubSpot's records in, staging rows out.</summary>
internal sealed record TestDefinition
{
    [Option("What the test shows. Unique in the pipeline.", Required = true)]
    public string Name { get; init; } = "";

    [Option("The records of the file, by column. Columns that a record leaves out are empty.", Required = true)]
    public IReadOnlyList<IReadOnlyDictionary<string, string?>> Rows { get; init; } = [];

    [Option("HubSpot's records by mirror table, each by column. Every value is a text, times ISO 8601 UTC.")]
    public IReadOnlyDictionary<string, IReadOnlyList<IReadOnlyDictionary<string, string?>>> Mirror { get; init; }
        = new Dictionary<string, IReadOnlyList<IReadOnlyDictionary<string, string?>>>();

    [Option("The expected results: one entry per legacy id, filtered and rejected records included.", Required = true)]
    public IReadOnlyList<ExpectationDefinition> Expect { get; init; } = [];
}

/// <summary>What must come of a record.</summary>
internal enum ExpectedStatus
{
    /// <summary>One HubSpot record.</summary>
    Matched,

    /// <summary>No HubSpot record.</summary>
    Unmatched,

    /// <summary>Several HubSpot records.</summary>
    Ambiguous,

    /// <summary>Records with the id disagree.</summary>
    Conflict,

    /// <summary>A filter leaves it out.</summary>
    Filtered,

    /// <summary>It cannot be used.</summary>
    Rejected,
}

/// <summary>What must come of the records with one legacy id. What is not given is not compared.</summary>
internal sealed record ExpectationDefinition
{
    [Option("The canonical legacy id; for a filtered or rejected record as the file has it.", Required = true)]
    public string LegacyId { get; init; } = "";

    [Option("The status.", Required = true)]
    public ExpectedStatus Status { get; init; } = ExpectedStatus.Matched;

    [Option("The HubSpot record's id.")]
    public string? HubspotId { get; init; }

    [Option("The match rule that decided: \"legacy-id\", or the fallback lookup's name.")]
    public string? Rule { get; init; }

    [Option("Everything that is staged as an update, by property; {} for nothing.")]
    public IReadOnlyDictionary<string, string>? Update { get; init; }

    [Option("HubSpot ids of parents, by the name of their lookup; null for one that must not be found.")]
    public IReadOnlyDictionary<string, string?>? Parents { get; init; }

    [Option("Texts that the notes must contain.")]
    public IReadOnlyList<string> Notes { get; init; } = [];

    [Option("The filter's name (filtered) or the reject's code (rejected).")]
    public string? Reason { get; init; }

    [Option("How many records of the file are staged as this one, when its id is repeated.", Minimum = 1, Maximum = 1_000_000)]
    public int? Rows { get; init; }
}

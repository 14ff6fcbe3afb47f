using Recon.Dataflow.Binding;
using Recon.Dataflow.Values;

namespace Recon.Dataflow.Definition;

/// <summary>The content of a definition file (<c>pipeline.json</c>): what is reconciled with what, and how.</summary>
internal sealed record ReconDefinition
{
    [Option("Address of the JSON Schema, for editors. Not read by recon.", Name = "$schema")]
    public string? Schema { get; init; }

    [Option("The PostgreSQL server: \"embedded\", \"env:NAME\" (a variable that holds the connection string), or a connection string without a password. --postgres, RECON_POSTGRES and PGHOST come first.")]
    public string Postgres { get; init; } = "embedded";

    [Option("Whether paths may be absolute or leave the definition's folder through \"..\".")]
    public bool AllowPathsOutside { get; init; }

    [Option("Where results go.")]
    public StagingDefinition Staging { get; init; } = new();

    /// <summary>The workflow webhook of <c>recon workflow</c>; none when <see langword="null"/>.</summary>
    [Option("The workflow webhook that \"recon workflow\" queries.")]
    public WorkflowDefinition? Workflow { get; init; }

    /// <summary>The HubSpot account; unknown when <see langword="null"/>.</summary>
    [Option("The HubSpot account that the mirror is of.", Later = true)]
    public HubspotDefinition? Hubspot { get; init; }

    [Option("Defaults for every pipeline.")]
    public DefaultsDefinition Defaults { get; init; } = new();

    [Option("The pipelines, run in this order.", Required = true)]
    public IReadOnlyList<PipelineDefinition> Pipelines { get; init; } = [];
}

/// <summary>Where results go.</summary>
internal sealed record StagingDefinition
{
    [Option("The schema that recon creates and writes to; it writes nowhere else.")]
    public string Schema { get; init; } = "staging";

    [Option("Whether what a run replaces is kept for \"recon diff\": of a whole run until the next whole run, in as much room as the result takes.", Later = true)]
    public bool KeepFormer { get; init; } = true;
}

/// <summary>How many legacy records may be matched with one HubSpot record.</summary>
internal enum ClaimPolicy
{
    /// <summary>One; the others that claim it are ambiguous.</summary>
    One,

    /// <summary>Any number.</summary>
    Many,
}

/// <summary>What becomes of a result when the mirror was truncated or exchanged while it was read.</summary>
internal enum OnMirrorChange
{
    /// <summary>It is not published.</summary>
    Refuse,

    /// <summary>It is published, with a warning.</summary>
    Warn,
}

/// <summary>One legacy file (or set of files) against one HubSpot object.</summary>
internal sealed record PipelineDefinition
{
    [Option("Name on the command line, in the log and in the metrics. Unique in the file.", Required = true)]
    public string Name { get; init; } = "";

    [Option("The HubSpot object that the records are, for exports: a type such as \"companies\", or a column with a map. Default: the type named by the match lookup's table, or by the pipeline.")]
    public ObjectDefinition? Object { get; init; }

    [Option("Number of rejected records above which a run ends with exit code 3 and does not publish: a count (\"100\") or a share of the records read (\"5%\").")]
    public Limit MaxRejects { get; init; } = new(5, true);

    [Option("Number of values of one property that may fail its conversions before a run is refused like one with too many rejects: a count, or a share of the values that are not empty. Default: 50% where a property has at least 100 values; values that its maps do not know count only when they know none.")]
    public Limit? MaxRejectedValues { get; init; }

    [Option("Number of ids of one parent lookup that may lead to no single HubSpot record: a count, or a share of the ids that are not empty. Default: a run is refused when none of at least 100 ids is found, although the parent's table has as many keys, or most are not found and most of a sample of them are in that table in another spelling.")]
    public Limit? MaxUnresolvedParents { get; init; }

    [Option("Number of rows that may be unmatched: a count, or a share of the rows staged. Default: a run is refused when none of at least 100 rows is found, although the match lookup's table has as many keys, or most are not found and most of a sample of them are in that table in another spelling.")]
    public Limit? MaxUnmatched { get; init; }

    [Option("Number of records below which a run is refused. Runs with --limit or --ids are exempt.", Minimum = 0, Later = true)]
    public long MinRecords { get; init; }

    [Option("Number of rows by which a result may be smaller than the one that it replaces: a count, or a share of the rows that are replaced. Default: 50%, where at least 20 rows are replaced, and nothing never replaces something. 100% allows everything. Runs with --limit or --ids are exempt.")]
    public Limit? MaxShrink { get; init; }

    [Option("Number of rows, or of ids of one parent lookup, that may be found no more: a count, or a share of those that would be found at the rate of the result that is replaced. Default: 50%, where at least 100 would be found; rows count only if most of those that are not found were found before, parents only if rows are found as before. Runs with --limit or --ids are exempt.", Later = true)]
    public Limit? MaxMatchLoss { get; init; }

    [Option("Number of matched rows that may have changes: a count, or a share of the matched rows. Default: all.")]
    public Limit? MaxChanges { get; init; }

    [Option("What becomes of a result when a table of the mirror was truncated, exchanged for another one, or lost more than half of its rows while the run read it. \"refuse\": nothing is published (exit code 3). \"warn\": it is published, with a warning.", Later = true)]
    public OnMirrorChange OnMirrorChange { get; init; } = OnMirrorChange.Refuse;

    [Option("The blocks, in the order in which a batch passes them: csv, batch, lookup (one or more), diff, stage.", Required = true)]
    public IReadOnlyList<BlockDefinition> Blocks { get; init; } = [];

    [Option("How many legacy records may be matched with one HubSpot record. \"one\": the record that the strongest rule found (the legacy id, then the fallbacks in order) keeps its claim, the others become ambiguous; all do where two are equally strong. \"many\": all stay matched, for deliberate n:1; \"recon export\" leaves them out. Another pipeline over the same mirror table claims its records, too: \"recon export\" leaves out a record that it claims by an equal or stronger rule, or, where both say \"many\", whose values contradict each other.", Later = true)]
    public ClaimPolicy Claims { get; init; } = ClaimPolicy.One;

    [Option("The parent lookups whose records are associated with the pipeline's in HubSpot by \"recon push\": [\"company\", \"contact\"]. Default: none.", Later = true)]
    public IReadOnlyList<string> Associate { get; init; } = [];

    [Option("Tests of the pipeline, run by \"recon check --tests\" without a server.")]
    public IReadOnlyList<TestDefinition> Tests { get; init; } = [];
}

using Recon.Dataflow.Batches;
using Recon.Dataflow.Binding;
using Recon.Dataflow.Values;

namespace Recon.Dataflow.Definition;

/// <summary>What a lookup finds.</summary>
internal enum LookupRole
{
    /// <summary>The HubSpot record that carries the legacy id.</summary>
    Match,

    /// <summary>The HubSpot record by other columns, for records that no earlier lookup found.</summary>
    Fallback,

    /// <summary>The HubSpot id of a parent record.</summary>
    Parent,
}

/// <summary>How the mirror writes legacy ids.</summary>
#pragma warning disable CA1720 // "decimal" is what the file says: a number with a point.
internal enum MirrorKeys
{
    /// <summary>As the canonical id is written; a key that is padded or has a tail is not found.</summary>
    Exact,

    /// <summary>As the canonical id, or with a <c>.0</c> tail. Only number ids in text columns can have one.</summary>
    Decimal,
}
#pragma warning restore CA1720

/// <summary>How a lookup asks.</summary>
internal enum LookupStrategy
{
    /// <summary>One <c>= any(@ids)</c> query per batch.</summary>
    Any,

    /// <summary>The table is read once, by binary COPY, into memory.</summary>
    Cache,

    /// <summary>One of the two, decided from the table's statistics, the file's size and the budget.</summary>
    Auto,
}

/// <summary>Asks PostgreSQL about the records of a batch: one query per batch, several batches at a time.</summary>
[Kind("lookup", "Looks up the records of a batch in PostgreSQL with one \"= any(@ids)\" query, several batches at a time.")]
internal sealed record LookupBlockDefinition : BlockDefinition
{
    /// <summary>What is looked up. Default: match.</summary>
    [Option("\"match\" finds the HubSpot record by legacy id, \"fallback\" by other columns (only for records not found yet), \"parent\" the HubSpot id of a parent.")]
    public LookupRole Role { get; init; } = LookupRole.Match;

    [Option("The mirror table, with its schema: \"hubspot.companies\". A fallback uses the match lookup's.")]
    public string? Table { get; init; }

    [Option("The mirror column that holds the legacy id (match and parent).")]
    public string? Key { get; init; }

    [Option("The mirror column that holds the HubSpot id.")]
    public string Id { get; init; } = "hs_object_id";

    [Option("The column of the file that holds the parent's id (parent only; a match uses the csv block's id).")]
    public string? From { get; init; }

    [Option("How the parent's id is written in the file (parent only; a match uses the csv block's idType). Default: number where the key column is one, or where the first records and the mirror hold digits only; text otherwise.")]
    public IdType? FromType { get; init; }

    [Option("How the mirror's key column writes legacy ids: \"exact\" finds canonical ids only (recon check counts the others); \"decimal\" also finds number ids that end in .0 in a text column. Match and parent only.")]
    public MirrorKeys MirrorKeys { get; init; } = MirrorKeys.Exact;

    [Option("Which spellings of the parent's id are one key, in the file and in the mirror (parent only; a match uses the csv block's): \"exact\", \"trim\" (white space around it), \"decimal\" (also a .0 tail), \"no-leading-zeros\" (also zeros in front). Other than exact, the query needs an index on an expression, which recon check states.", Later = true)]
    public IdForm IdForm { get; init; } = IdForm.Exact;

    [Option("The columns that must agree (fallback only). The query searches for the first, so it needs an index; the others are compared.")]
    public IReadOnlyList<MatchKeyDefinition> On { get; init; } = [];

    [Option("The mirror column with the ids of records that HubSpot merged into a row's record; \"\" leaves merges alone (match and parent; a fallback in the match lookup's table goes by the match lookup's). Default: hs_merged_object_ids where the table has it.", Later = true)]
    public string? MergedIds { get; init; }

    [Option("Confidence staged for records that this lookup identifies, in percent.", Minimum = 0, Maximum = 100)]
    public double Confidence { get; init; } = 100;

    [Option("Mirror rows that count: all of these must hold. Rows without a key never do. A fallback in the match lookup's table that names none has those of the match lookup.", Formerly = "keep")]
    public IReadOnlyList<ConditionDefinition> Where { get; init; } = [];

    [Option("\"any\" queries once per batch; \"cache\" reads the table once into memory; \"auto\" decides from statistics, file size and budget.")]
    public LookupStrategy Strategy { get; init; } = LookupStrategy.Any;

    [Option("Maximum memory for a cached table, in bytes. Rows beyond an eighth of it are in a file without a name in the folder for temporary files (not those of parents); an index of 9 bytes a row is in memory. A table that needs more is queried per batch (auto) or rejected (cache).", Minimum = 1_048_576, Maximum = 17_179_869_184)]
    public long CacheBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>
    /// Most memory for the HubSpot ids of parents that earlier batches asked for (parents with the strategy any), in bytes.
    /// </summary>
    [Option("Maximum memory, in bytes, for the HubSpot ids of parents that earlier batches looked up, so that they are not looked up again (only for parents with the strategy \"any\"). 0 looks them up for every batch.", Minimum = 0, Maximum = 17_179_869_184)]
    public long RememberBytes { get; init; } = 24L * 1024 * 1024;

    [Option("Batches looked up at the same time, each on its own connection.", Minimum = 1, Maximum = 32)]
    public int Parallelism { get; init; } = 2;

    [Option("Batches inside the block: waiting, running or done. At least the parallelism.", Minimum = 1, Maximum = 64)]
    public int Capacity { get; init; } = 4;
}

/// <summary>One pair of columns that must agree for a fallback match.</summary>
internal sealed record MatchKeyDefinition
{
    [Option("The column of the file.", Required = true)]
    public string Column { get; init; } = "";

    [Option("Conversions of the value of the file, and of the mirror's, before they are compared.")]
    public IReadOnlyList<ConversionDefinition> Convert { get; init; } = [];

    [Option("The mirror column.", Required = true)]
    public string Property { get; init; } = "";

    [Option("Whether case is ignored on both sides. The query then searches for lower(column), which needs its own index.")]
    public bool IgnoreCase { get; init; }

    [Option("Whether the mirror's value is converted like the file's; the query then searches for an expression, which needs its own index (recon check states it). false where the column holds converted values: a plain index serves.", Later = true)]
    public bool ConvertMirror { get; init; } = true;
}

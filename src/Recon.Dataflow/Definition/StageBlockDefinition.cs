using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Definition;

/// <summary>Type of a staging column.</summary>
internal enum StagedType
{
    /// <summary><c>text</c>.</summary>
    Text,

    /// <summary><c>numeric</c>; text that is not a number becomes null.</summary>
    Numeric,

    /// <summary><c>bigint</c>; text that is not an integer becomes null.</summary>
    Bigint,

    /// <summary><c>timestamptz</c>; text that is not an instant becomes null.</summary>
    Timestamptz,
}

[Kind("stage", "Writes the result of a batch by binary COPY: rows, rejects and ledger entry in one transaction.")]
internal sealed record StageBlockDefinition : BlockDefinition
{
    [Option("The staging table, without its schema.", Required = true)]
    public string Table { get; init; } = "";

    [Option("The staging column of the legacy id (text, unique).", Required = true)]
    public string LegacyId { get; init; } = "";

    [Option("The staging column of the HubSpot id (bigint).", Required = true)]
    public string HubspotId { get; init; } = "";

    [Option("The table's own columns, in addition to the common ones.")]
    public IReadOnlyList<StagedColumnDefinition> Columns { get; init; } = [];

    [Option("Batches written at the same time, each on its own connection.", Minimum = 1, Maximum = 16)]
    public int Writers { get; init; } = 1;

    [Option("Batches inside the block: waiting or being written. At least the writers.", Minimum = 1, Maximum = 64)]
    public int Capacity { get; init; } = 2;
}

/// <summary>A staging column and where its value comes from: exactly one of the sources.</summary>
internal sealed record StagedColumnDefinition
{
    [Option("The staging column.", Required = true)]
    public string Name { get; init; } = "";

    [Option("The column's type. A value that does not fit is staged as null; the raw text stays in legacy_properties.")]
    public StagedType Type { get; init; } = StagedType.Text;

    /// <summary>A column of the file, as it stands there (trimmed, null spellings as null).</summary>
    [Option("A column of the file, unconverted.")]
    public string? Legacy { get; init; }

    [Option("The converted legacy value of this property.")]
    public string? Converted { get; init; }

    [Option("A column of the mirror table: what HubSpot holds.")]
    public string? Hubspot { get; init; }

    [Option("The legacy id of the parent that the lookup with this name looks up.")]
    public string? ParentLegacyId { get; init; }

    [Option("The HubSpot id that the parent lookup with this name found.")]
    public string? ParentHubspotId { get; init; }
}

using Recon.Dataflow.Values;

namespace Recon.Discovery.Profiling;

/// <summary>What one column of a file holds.</summary>
internal sealed record ColumnProfile
{
    public required string Name { get; init; }

    /// <summary>Its place in the record, from 0.</summary>
    public required int Index { get; init; }

    /// <summary>Records that have a value: not blank, and no null spelling.</summary>
    public required long Filled { get; init; }

    /// <summary>Distinct values; a lower bound where <see cref="IsDistinctCapped"/>.</summary>
    public required long Distinct { get; init; }

    public bool IsDistinctCapped { get; init; }

    /// <summary>Characters of the longest value.</summary>
    public required int Longest { get; init; }

    public required Found<ColumnKind> Kind { get; init; }

    /// <summary>The conversion that reads its values, such as date formats or the culture of numbers; not certain where the values allow several. Null for plain texts.</summary>
    public Found<ConversionDefinition>? Conversion { get; init; }

    /// <summary>Spellings that mean "no value" here, with their records, the most frequent first.</summary>
    public IReadOnlyList<ValueCount> Nulls { get; init; } = [];

    /// <summary>The most frequent values. For the terminal and for enumerations only: they may be personal data.</summary>
    public IReadOnlyList<ValueCount> Frequent { get; init; } = [];
}

/// <param name="Records">Records that have it.</param>
internal sealed record ValueCount(string Value, long Records);

using Recon.Dataflow.Values;

namespace Recon.Discovery.Proposing.Reading;

/// <summary>One way to read a column and to compare it.</summary>
/// <param name="Cost">How much it assumes: of two readings that say the same, the one with the lower cost is proposed.</param>
internal sealed record ColumnReading(IReadOnlyList<ConversionDefinition> Convert, ComparisonDefinition Compare, int Cost)
{
    /// <summary>Whether it only makes texts of other texts that look alike, so that an enumeration is better read by a map.</summary>
    public bool ChangesLetters { get; init; }

    /// <summary>Whether values of this kind are compared so wherever that is no worse, such as numbers as numbers.</summary>
    public bool IsUsual { get; init; }
}

using Recon.Dataflow.Values;

namespace Recon.Discovery.Profiling.Columns;

/// <summary>What the values of a column are, and what reads them.</summary>
internal sealed record Judgement(Found<ColumnKind> Kind, Found<ConversionDefinition>? Conversion)
{
    /// <summary>A kind whose conversion has no options that could be wrong.</summary>
    public static Judgement Of(Found<ColumnKind> kind, ConversionDefinition conversion) => new(kind, new(conversion, true, kind.Evidence, []));
}

/// <summary>What other columns of the file say for certain, where one column allows several readings.</summary>
/// <param name="DayFirst">Whether dates have the day before the month; null where no column tells.</param>
/// <param name="Comma">Whether numbers have a decimal comma; null where no column tells.</param>
internal sealed record FileHabits(bool? DayFirst, bool? Comma)
{
    public static FileHabits Unknown { get; } = new(null, null);
}

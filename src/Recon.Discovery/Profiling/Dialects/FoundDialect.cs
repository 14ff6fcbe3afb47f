using Recon.Dataflow.Definition;

namespace Recon.Discovery.Profiling.Dialects;

/// <summary>How the records of a file are written.</summary>
/// <param name="RecordSeparator">As the definition writes it; null where a line end ends a record.</param>
/// <param name="Hint">Excel's line <c>sep=</c>, which is no record; null where there is none.</param>
internal sealed record FoundDialect(
    Found<string> Delimiter, Found<string> Quote, Found<FieldEscape> Escape, string? RecordSeparator, string? Hint)
{
    /// <summary>The dialect as bytes.</summary>
    public CsvDialect Dialect { get; } = CsvDialect.Of(new CsvBlockDefinition
    {
        Delimiter = Delimiter.Value,
        Quote = Quote.Value,
        Escape = Escape.Value,
        RecordSeparator = RecordSeparator,
    });
}

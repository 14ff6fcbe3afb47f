using Recon.Dataflow.Binding;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Definition.Rules;

/// <summary>Rules about the csv block.</summary>
internal static class CsvRules
{
    public static void Check(PipelineDefinition pipeline, CsvBlockDefinition csv, RuleReport report)
    {
        CheckCharacters(csv, report);
        if (TextEncoding.Find(csv.Encoding) is null)
        {
            report.Add(csv, nameof(csv.Encoding), $"unknown encoding '{DefinitionPath.Cut(csv.Encoding)}'{TextEncoding.Hint(csv.Encoding)}");
        }

        CheckColumns(pipeline, csv, report);
        HashSet<string> columns = new(StringComparer.OrdinalIgnoreCase);
        foreach (string column in csv.NullsByColumn.Keys.Where(column => !columns.Add(column)))
        {
            report.Add(csv, nameof(csv.NullsByColumn), $"'{DefinitionPath.Cut(column)}' is given twice; column names are the same in any case");
        }
    }

    private static void CheckCharacters(CsvBlockDefinition csv, RuleReport report)
    {
        byte? delimiter = CsvDialect.Character(csv.Delimiter);
        if (delimiter is null)
        {
            report.Add(csv, nameof(csv.Delimiter), $"must be one ASCII character that is not a letter, digit, NUL or line end, such as \",\", \";\" or \"\\t\", or one of {CsvDialect.Names}");
        }

        byte? quote = csv.Quote == CsvDialect.NoQuote ? null : CsvDialect.Character(csv.Quote);
        if (csv.Quote != CsvDialect.NoQuote && (quote is null or (byte)' ' || char.IsControl((char)quote)))
        {
            report.Add(csv, nameof(csv.Quote), "must be one ASCII character that is not a letter, digit, space, control character or line end, such as \"\\\"\", or \"none\"");
        }
        else if (delimiter is not null && quote == delimiter)
        {
            report.Add(csv, report.Gives(csv, nameof(csv.Quote)) ? nameof(csv.Quote) : nameof(csv.Delimiter), "delimiter and quote must differ");
        }

        if (csv.Escape == FieldEscape.Backslash && (delimiter == (byte)'\\' || quote == (byte)'\\'))
        {
            report.Add(csv, nameof(csv.Escape), "a backslash that escapes can be neither delimiter nor quote");
        }

        if (csv.RecordSeparator is not string separator)
        {
            return;
        }

        if (CsvDialect.Character(separator) is not byte end || end == (byte)'\t' || !char.IsControl((char)end))
        {
            report.Add(csv, nameof(csv.RecordSeparator), "must be a control character that is not NUL, tab or line end, such as \"\\u001e\" or \"record-separator\"");
        }
        else if (end == delimiter)
        {
            report.Add(csv, nameof(csv.RecordSeparator), "delimiter and recordSeparator must differ");
        }
    }

    private static void CheckColumns(PipelineDefinition pipeline, CsvBlockDefinition csv, RuleReport report)
    {
        if (report.HasProblem(csv, nameof(csv.Header)))
        {
            return;
        }

        if (csv.Header && csv.Columns is not null)
        {
            report.Add(csv, nameof(csv.Columns), "applies only to a file without a header; add \"header\": false or leave it out");
        }

        if (csv.Header)
        {
            return;
        }

        if (csv.Columns is not { Count: > 0 })
        {
            report.AddMissing(csv, null, "\"header\": false needs \"columns\", the names in the order of the file");
            return;
        }

        HashSet<string> known = new(StringComparer.OrdinalIgnoreCase);
        for (int index = 0; index < csv.Columns.Count; index++)
        {
            if (!known.Add(csv.Columns[index]))
            {
                report.Add(csv, nameof(csv.Columns), $"'{DefinitionPath.Cut(csv.Columns[index])}' is named twice; column names are the same in any case", index);
            }
        }

        foreach ((object node, string member, string column) in ColumnUses.Of(pipeline).Where(use => !known.Contains(use.Column)))
        {
            string? nearest = Suggestion.Nearest(column, csv.Columns);
            string hint = nearest is null ? "" : $"; did you mean '{nearest}'?";
            report.Add(node, member, $"\"columns\" of the csv block has no '{DefinitionPath.Cut(column)}'{hint}");
        }
    }
}

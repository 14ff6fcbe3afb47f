using System.Globalization;
using System.Text;
using Recon.Dataflow.Definition;
using Recon.Discovery.Profiling;

namespace Recon.Discovery.Tests.Proposing;

/// <summary>Samples of files that are made by hand, with what a profile would say of them.</summary>
internal static class Samples
{
    private static readonly string[] s_nulls = ["NULL", "N/A", "-", "#AUTO#"];

    public static FileSample Of(string path, IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string?>> records)
    {
        string?[][] rows = [.. records.Select(record => record.Select(Clean).ToArray())];
        return new FileSample(
            new FileProfile
            {
                Path = path,
                Bytes = 1_000,
                BytesSeen = 1_000,
                Records = rows.Length,
                Malformed = 0,
                Encoding = Sure("utf-8"),
                Delimiter = Sure(","),
                Quote = Sure("\""),
                Escape = Sure(FieldEscape.Doubled),
                Header = Sure(true),
                Nulls = s_nulls,
                Columns = [.. header.Select((name, at) => Column(name, at, [.. rows.Select(row => row[at]).OfType<string>()]))],
                Damage = [],
            },
            rows);
    }

    /// <summary>Reads a file of commas and double quotes.</summary>
    public static FileSample Read(string path)
    {
        List<List<string?>> records = [[]];
        StringBuilder field = new();
        bool quoted = false;
        string text = File.ReadAllText(path);
        for (int at = 0; at < text.Length; at++)
        {
            char character = text[at];
            if (quoted)
            {
                if (character == '"' && at + 1 < text.Length && text[at + 1] == '"')
                {
                    field.Append('"');
                    at++;
                }
                else if (character == '"')
                {
                    quoted = false;
                }
                else
                {
                    field.Append(character);
                }
            }
            else if (character == '"' && field.Length == 0)
            {
                quoted = true;
            }
            else if (character is ',' or '\n')
            {
                records[^1].Add(field.ToString());
                field.Clear();
                if (character == '\n')
                {
                    records.Add([]);
                }
            }
            else if (character != '\r')
            {
                field.Append(character);
            }
        }

        records[^1].Add(field.ToString());
        string[] header = [.. records[0].Select(name => name!.Trim('\uFEFF'))];
        return Of(path, header, records.Skip(1).Where(record => record.Count == header.Length).Take(20_000));
    }

    private static string? Clean(string? value)
        => value?.Trim() is { Length: > 0 } text && !s_nulls.Contains(text) ? text : null;

    private static ColumnProfile Column(string name, int index, string[] values)
    {
        int distinct = values.Distinct().Count();
        return new ColumnProfile
        {
            Name = name,
            Index = index,
            Filled = values.Length,
            Distinct = distinct,
            Longest = values.Length == 0 ? 0 : values.Max(value => value.Length),
            Kind = Sure(Kind(values, distinct)),
        };
    }

    private static ColumnKind Kind(string[] values, int distinct)
    {
        bool Most(Func<string, bool> test) => values.Count(test) >= values.Length * 0.9;
        return values.Length == 0 ? ColumnKind.Empty
            : Most(value => value.Contains('@') && !value.Contains(' ')) ? ColumnKind.Email
            : Most(value => value.StartsWith("http", StringComparison.OrdinalIgnoreCase) || value.StartsWith("www.", StringComparison.OrdinalIgnoreCase)) ? ColumnKind.Url
            : Most(value => DateTime.TryParseExact(value, ["yyyy-MM-dd HH:mm:ss", "dd/MM/yyyy HH:mm:ss", "dd/MM/yyyy HH:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out _)) ? ColumnKind.DateTime
            : Most(value => DateTime.TryParseExact(value, ["yyyy-MM-dd", "dd/MM/yyyy"], CultureInfo.InvariantCulture, DateTimeStyles.None, out _)) ? ColumnKind.Date
            : distinct <= 40 && distinct * 5 <= values.Length ? ColumnKind.Enumeration
            : Most(value => value.All(char.IsAsciiDigit)) ? distinct >= values.Length * 0.98 ? ColumnKind.Id : ColumnKind.Integer
            : Most(value => decimal.TryParse(value, NumberStyles.Number, CultureInfo.InvariantCulture, out _)) ? ColumnKind.Number
            : ColumnKind.Text;
    }

    private static Found<T> Sure<T>(T value) => new(value, true, "all say so", []);
}

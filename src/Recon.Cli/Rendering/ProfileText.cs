using System.Globalization;
using System.Text;
using System.Text.Json;
using Recon.Cli.Hosting;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Choice;
using Recon.Dataflow.Values.Number;
using Recon.Dataflow.Values.Phone;
using Recon.Dataflow.Values.Text;
using Recon.Dataflow.Values.Time;
using Recon.Dataflow.Values.Web;
using Recon.Discovery.Profiling;

namespace Recon.Cli.Rendering;

/// <summary>A file's profile for people.</summary>
internal static class ProfileText
{
    private const int LongestName = 40;
    private const int LongestValue = 30;
    private const int MostValues = 5;
    private const string Iso = "ISO 8601";

    private static readonly TableColumn[] s_columns = ["column", ">filled", ">distinct", "?>longest", "kind", "~reading"];
    private static readonly TableColumn[] s_values = ["column", "~most frequent values"];

    /// <param name="values">Whether the most frequent values are shown, which may be personal data.</param>
    /// <param name="width">Columns of the terminal; <see langword="null"/> for none.</param>
    public static string Draw(FileProfile profile, bool values, int? width)
    {
        StringBuilder text = new();
        Append(About(profile));
        text.Append('\n').Append(TextTable.Draw(width, s_columns, [.. profile.Columns.Select(column => Row(column, profile.Records - profile.Malformed))]));
        if (values)
        {
            text.Append('\n').Append(TextTable.Draw(width, s_values, [.. profile.Columns.Select(Frequent)]));
        }

        Section("open", [.. Open(profile)]);
        Section("damage", [.. profile.Damage.Select(damage => damage.Column is null ? damage.Message : $"{Named(damage.Column)}: {damage.Message}")]);
        Section("notes", profile.Notes);
        text.Append('\n');
        Append($"next: recon init --csv {ShellWord(profile.Path)} --table TABLE  proposes a definition that reads the file so.");
        return text.ToString();

        void Append(string paragraph) => text.Append(TextWrap.ToTerminal(paragraph, width, breakWords: false)).Append('\n');

        void Section(string title, IReadOnlyList<string> lines)
        {
            if (lines.Count > 0)
            {
                text.Append('\n').Append(title).Append('\n');
                foreach (string line in lines)
                {
                    Append($"  {line}");
                }
            }
        }
    }

    private static string About(FileProfile profile)
    {
        string seen = profile.IsSampled ? $", looked at {Size(profile.BytesSeen)} of it: {(profile.Path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? "the beginning" : "beginning, middle and end")}" : "";
        string header = profile.Header.Value ? "a header" : "no header";
        string nulls = profile.Nulls.Count == 0 ? "" : $" \"No value\" is written {string.Join(", ", profile.Nulls.Select(word => $"\"{word}\""))}.";
        string malformed = profile.Malformed == 0 ? "" : $" ({Show.Count(profile.Malformed)} malformed)";
        return $"{profile.Path}: {Size(profile.Bytes)}{seen}. {Show.Count(profile.Records, "record")}{malformed}, {Show.Count(profile.Columns.Count, "column")}. "
            + $"Encoding {profile.Encoding.Value}{Doubt(profile.Encoding)}, delimiter {Sign(profile.Delimiter.Value)}{Doubt(profile.Delimiter)}, {(profile.Quote.Value == CsvDialect.NoQuote ? "no quotes" : Sign(profile.Quote.Value))}{Doubt(profile.Quote)}"
            + $"{(profile.Escape.Value == FieldEscape.Backslash ? ", escape backslash" : "")}{(profile.RecordSeparator is { } separator ? $", record separator {Sign(separator)}" : "")}, {header}{Doubt(profile.Header)}.{nulls}";
    }

    private static string[] Row(ColumnProfile column, long records) =>
    [
        TextTable.Cell(Named(column.Name), LongestName),
        records == 0 ? "0%" : Percent(column.Filled, records),
        (column.IsDistinctCapped ? "> " : "") + Show.Count(column.Distinct),
        Show.Count(column.Longest),
        KindName(column.Kind.Value) + Doubt(column.Kind),
        column.Conversion is { } found && Reading(found.Value) is { Length: > 0 } reading ? reading + Doubt(found) : "",
    ];

    private static string[] Frequent(ColumnProfile column) =>
    [
        TextTable.Cell(Named(column.Name), LongestName),
        string.Join("  ", column.Frequent.Take(MostValues).Select(value => $"{TextTable.Cell(value.Value, LongestValue)} ({Show.Count(value.Records)})")),
    ];

    private static IEnumerable<string> Open(FileProfile profile)
    {
        foreach ((string subject, bool certain, string evidence, string[] others) in ((string, bool, string, string[])[])
            [
                ("encoding", profile.Encoding.IsCertain, profile.Encoding.Evidence, [.. profile.Encoding.Others.Select(other => $"{other.Value} ({other.Evidence})")]),
                ("delimiter", profile.Delimiter.IsCertain, profile.Delimiter.Evidence, [.. profile.Delimiter.Others.Select(other => $"{Sign(other.Value)} ({other.Evidence})")]),
                ("quote", profile.Quote.IsCertain, profile.Quote.Evidence, [.. profile.Quote.Others.Select(other => $"{Sign(other.Value)} ({other.Evidence})")]),
                ("escape", profile.Escape.IsCertain, profile.Escape.Evidence, [.. profile.Escape.Others.Select(other => $"{other.Value} ({other.Evidence})")]),
                ("header", profile.Header.IsCertain, profile.Header.Evidence, [.. profile.Header.Others.Select(other => $"{(other.Value ? "one" : "none")} ({other.Evidence})")]),
            ])
        {
            if (!certain)
            {
                yield return Line(subject, evidence, others);
            }
        }

        foreach (ColumnProfile column in profile.Columns)
        {
            if (column.Conversion is { IsCertain: false, Value: not (BooleanDefinition or HtmlDefinition) } found)
            {
                yield return Line(Named(column.Name), found.Evidence, [.. found.Others.Select(other => $"{Reading(other.Value)} ({other.Evidence})")]);
            }
            else if (column.Kind is { IsCertain: false, Others.Count: > 0, Value: not (ColumnKind.Boolean or ColumnKind.Enumeration or ColumnKind.Html) })
            {
                yield return Line(Named(column.Name), column.Kind.Evidence, [.. column.Kind.Others.Select(other => $"{KindName(other.Value)} ({other.Evidence})")]);
            }
        }

        static string Line(string subject, string evidence, string[] others)
            => $"{subject}: {evidence}.{(others.Length == 0 ? "" : $" Or {string.Join(", or ", others)}.")}";
    }

    /// <summary>How values are read, in a few words: formats, a culture, a region.</summary>
    private static string Reading(ConversionDefinition definition) => definition switch
    {
        DateDefinition date => Formats(date.Formats),
        DatetimeDefinition time => Formats(time.Formats),
        NumericDefinition number => $"{(number.Culture == NumberCulture.Invariant ? "" : number.Culture.ToString().ToLowerInvariant())} {string.Join(" ", number.Currency.Skip(2))}".Trim(),
        PhoneDefinition phone => phone.Region is null ? "with country code" : $"region {phone.Region}",
        MultiSelectDefinition list => $"separator \"{list.Separator}\"",
        UrlDefinition or DomainDefinition => definition.Kind,
        _ => "",
    };

    private static string Formats(IReadOnlyList<string> formats)
        => formats.Count == 0 ? Iso : string.Join(" | ", formats.Select(format => KnownFormats.Iso.Contains(format) ? Iso : format).Distinct());

    private static string Doubt<T>(Found<T> found) => found.IsCertain ? "" : "?";

    private static string Named(string name) => name.Length == 0 ? "(no name)" : name;

    private static string KindName(ColumnKind kind) => JsonNamingPolicy.KebabCaseLower.ConvertName(kind.ToString());

    private static string Sign(string value) => value switch
    {
        [< ' ' and var control] => $"\\u{(int)control:x4}",
        "," => "comma",
        ";" => "semicolon",
        "|" => "pipe",
        "\"" => "double quotes",
        "'" => "single quotes",
        [_] => $"\"{value}\"",
        _ => value,
    };

    private static string Percent(long part, long of)
    {
        double share = 100.0 * part / of;
        return part > 0 && share < 1 ? "<1%" : part < of && share > 99 ? ">99%" : share.ToString("0", CultureInfo.InvariantCulture) + "%";
    }

    private static string Size(long bytes)
    {
        (double value, string unit) = bytes switch
        {
            < 1_000 => (bytes, bytes == 1 ? "byte" : "bytes"),
            < 1_000_000 => (bytes / 1e3, "kB"),
            < 1_000_000_000 => (bytes / 1e6, "MB"),
            _ => (bytes / 1e9, "GB"),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{value:0.#} {unit}");
    }

    private static string ShellWord(string path) => path.All(character => char.IsLetterOrDigit(character) || "/._-".Contains(character, StringComparison.Ordinal)) ? path : $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}

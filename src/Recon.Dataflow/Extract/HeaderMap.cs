using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Extract;

/// <summary>Where the columns that a definition uses stand in one file.</summary>
/// <param name="Names">The names, trimmed, in order; empty for a column without one.</param>
/// <param name="Indexes">By column of the batch: its field in the record, from 0; -1 for an optional column that is missing.</param>
/// <param name="LeastFields">Fewest fields of a good record: up to the last column that has a name.</param>
/// <param name="MostFields">Most fields of a good record: those of the header.</param>
/// <param name="Missing">The optional columns that are missing.</param>
internal sealed record HeaderMap(
    IReadOnlyList<string> Names, int[] Indexes, int LeastFields, int MostFields, IReadOnlySet<string> Missing)
{
    private static readonly (char Separator, string Spelling)[] s_delimiters =
        [(',', ","), (';', ";"), ('\t', "\\t"), ('|', "|"), ('\u001F', "unit-separator"), ('\u001E', "record-separator"), ('\u0001', "\\u0001")];

    /// <summary>Maps the names of a header (or of the definition, for a file without one).</summary>
    /// <exception cref="InputException">A column is missing or there twice, or the header is none.</exception>
    public static HeaderMap Make(
        string file, IReadOnlyList<string> names, CsvBlockDefinition csv, SourceColumns columns, IReadOnlySet<string> optional)
    {
        string[] trimmed = [.. names.Select(Utf8WhiteSpace.Trim)];
        ILookup<string, int> places = trimmed.Select((name, index) => (name, index))
            .ToLookup(pair => pair.name, pair => pair.index, StringComparer.OrdinalIgnoreCase);
        string[] missing = [.. columns.Names.Where(name => !places.Contains(name))];
        string[] refused = [.. missing.Where(name => !optional.Contains(name, StringComparer.OrdinalIgnoreCase))];
        if (refused.Length > 0)
        {
            throw new InputException(missing.Length == columns.Count && csv.Header
                ? NoHeader(file, trimmed, csv, columns)
                : MissingColumns(file, refused, trimmed, csv));
        }

        string[] twice = [.. columns.Names.Where(name => places[name].Count() > 1)];
        if (twice.Length > 0)
        {
            string list = string.Join("; ", twice.Select(name =>
                $"'{name}' in fields {string.Join(" and ", places[name].Select(index => index + 1))}"));
            throw new InputException($"{file}: the header has columns that the definition uses more than once: {list}. "
                + "Rename or remove all but one.");
        }

        int last = Array.FindLastIndex(trimmed, name => name.Length > 0);
        int[] indexes = [.. columns.Names.Select(name => places.Contains(name) ? places[name].First() : -1)];
        return new HeaderMap(trimmed, indexes, last + 1, names.Count, missing.ToHashSet(StringComparer.OrdinalIgnoreCase));
    }

    private static string MissingColumns(string file, string[] missing, string[] names, CsvBlockDefinition csv)
    {
        IEnumerable<string> parts = missing.Select(name => Suggestion.NearestThree(name, names) is { Length: > 0 } near
            ? $"'{name}' (did you mean {string.Join(" or ", near.Select(other => $"'{other}'"))}?)"
            : $"'{name}'");
        string where = csv.Header ? "the header lacks" : "\"columns\" of the csv block lacks";
        return $"{file}: {where} {missing.Length} of the columns that the definition uses: {string.Join(", ", parts)}.";
    }

    /// <summary>No column was found: the separator is wrong, or the first record is data.</summary>
    private static string NoHeader(string file, string[] names, CsvBlockDefinition csv, SourceColumns columns)
    {
        if (names[0].StartsWith("sep=", StringComparison.OrdinalIgnoreCase))
        {
            return $"{file}: the first line is Excel's \"sep=\" line, not the header. Remove it and set \"delimiter\".";
        }

        var dialect = CsvDialect.Of(csv);
        string header = string.Join((char)dialect.Delimiter, names);
        if (DelimiterHint(file, header, csv, columns) is string hint)
        {
            return hint;
        }

        if (dialect.Quote is null && names.Any(name => columns.Names.Contains(name.Trim('"'), StringComparer.OrdinalIgnoreCase)))
        {
            return $"{file}: the names of the header are in quotes. Leave \"quote\": \"none\" out of the csv block.";
        }

        foreach ((char separator, string spelling) in new[] { (';', ";"), ('\t', "\\t"), ('\u001F', "unit-separator") })
        {
            if (names.Length == 1 && dialect.Delimiter != separator && names[0].Contains(separator, StringComparison.Ordinal))
            {
                return $"{file}: with the delimiter \"{csv.Delimiter}\" the first record is a single field that holds \"{spelling}\", and "
                    + "none of the definition's columns is in it. If that is what separates the fields, set "
                    + $"\"delimiter\": \"{spelling}\" in the csv block. Expected among others: {Expected(columns)}.";
            }
        }

        return $"{file}: none of the {columns.Count} columns that the definition uses is in the first record "
            + $"({names.Length} fields), so it does not look like a header. For a file without a header set "
            + "\"header\": false and name its columns in \"columns\"; otherwise correct the names. Expected among others: "
            + $"{Expected(columns)}.";
    }

    /// <summary>The delimiter with which a record of too few fields has as many as the header; <see langword="null"/> for none.</summary>
    public string? DelimiterOf(ReadOnlySpan<byte> record, CsvBlockDefinition csv)
    {
        foreach ((char separator, string spelling) in s_delimiters)
        {
            int fields = record.Count((byte)separator) + 1;
            if (CsvDialect.Character(csv.Delimiter) != separator && fields > 1 && fields >= LeastFields && fields <= MostFields)
            {
                return spelling;
            }
        }

        return null;
    }

    /// <summary>Says with which delimiter the header has columns of the definition.</summary>
    /// <returns><see langword="null"/> when there is none.</returns>
    public static string? DelimiterHint(string file, string header, CsvBlockDefinition csv, SourceColumns columns)
    {
        foreach ((char separator, string spelling) in s_delimiters)
        {
            IEnumerable<string> parts = header.Split(separator).Select(part => Utf8WhiteSpace.Trim(Utf8WhiteSpace.Trim(part).Trim('"')));
            if (CsvDialect.Character(csv.Delimiter) != separator
                && columns.Names.Any(name => parts.Contains(name, StringComparer.OrdinalIgnoreCase)))
            {
                return $"{file}: with the delimiter \"{csv.Delimiter}\" none of the definition's columns is in the header, "
                    + $"with \"{spelling}\" some are. Set \"delimiter\": \"{spelling}\" in the csv block.";
            }
        }

        return null;
    }

    private static string Expected(SourceColumns columns)
        => string.Join(", ", columns.Names.Take(5).Select(name => $"'{name}'"));
}

using Recon.Dataflow.Definition;
using Recon.Discovery.Profiling;

namespace Recon.Discovery.Tests.Profiling;

/// <summary>How a file is written is found exactly, whatever it is.</summary>
public sealed class DialectTests : IDisposable
{
    private static readonly string[][] s_rows = MakeRows();

    private readonly Exports _exports = new();

    public void Dispose() => _exports.Dispose();

    public static TheoryData<string, string, string, bool, string> Matrix()
    {
        TheoryData<string, string, string, bool, string> matrix = [];
        foreach (string delimiter in (string[])[",", ";", "tab", "|", "unit-separator"])
        {
            foreach ((string encoding, bool mark) in ((string, bool)[])[("utf-8", false), ("utf-8", true), ("utf-16le", true), ("utf-16be", true), ("utf-16le", false), ("utf-16be", false), ("windows-1252", false), ("macintosh", false), ("ibm850", false)])
            {
                matrix.Add(delimiter, "\"", encoding, mark, "\n");
            }

            matrix.Add(delimiter, "\"", "utf-8", false, "\r\n");
            matrix.Add(delimiter, "\"", "windows-1252", false, "\r\n");
            matrix.Add(delimiter, "\"", "utf-16le", true, "\r\n");
            matrix.Add(delimiter, "\"", "utf-8", false, "\r");
            matrix.Add(delimiter, "'", "utf-8", false, "\n");
            matrix.Add(delimiter, "'", "windows-1252", false, "\r\n");
        }

        return matrix;
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task ReadAsync_OfAnyDialectAndEncoding_FindsItAndReadsTheSameRows(string delimiter, string quote, string encoding, bool mark, string lineEnd)
    {
        string text = string.Concat(s_rows.Select(row => string.Join(Character(delimiter), row.Select(field => Quoted(field, Character(delimiter), quote))) + lineEnd));

        FileSample sample = await _exports.ProfileAsync(text, encoding, mark);

        FileProfile profile = sample.Profile;
        Assert.Equal((encoding, delimiter, quote, FieldEscape.Doubled, true), (profile.Encoding.Value, profile.Delimiter.Value, profile.Quote.Value, profile.Escape.Value, profile.Header.Value));
        Assert.True(profile.Encoding.IsCertain, profile.Encoding.Evidence);
        Assert.True(profile.Delimiter.IsCertain && profile.Quote.IsCertain && profile.Header.IsCertain);
        Assert.Equal(0, profile.Malformed);
        Assert.Equal(s_rows[0], profile.Columns.Select(column => column.Name));
        Assert.Equal(s_rows.Skip(1).Select(row => row.Select(field => field.Length == 0 ? null : field)), sample.Rows);
    }

    private static string Character(string delimiter) => delimiter switch { "tab" => "\t", "unit-separator" => "\u001F", _ => delimiter };

    private static string Quoted(string field, string delimiter, string quote)
        => field.Contains(delimiter, StringComparison.Ordinal) || field.Contains(quote, StringComparison.Ordinal) || field.Contains('\n', StringComparison.Ordinal)
            ? quote + field.Replace(quote, quote + quote, StringComparison.Ordinal) + quote : field;

    private static string[][] MakeRows()
    {
        string[] notes =
        [
            "Bonjour,\nvoir avec l'atelier; très bon accueil.", "", "Délai | prix à vérifier", "Il a dit \"d'accord\", puis\n\n- relance\n- devis", "Échéance dépassée;\tà rappeler", "",
        ];
        return
        [
            ["Numéro", "Société", "Créée le", "Chiffre d'affaires", "Remarque"],
            .. Enumerable.Range(0, 60).Select(index => (string[])
            [
                $"{1000 + (7 * index)}", index % 4 == 0 ? $"Müller, Père & Fils {index}" : $"Société Générale {index}", $"{1 + (index % 28):00}/{1 + (index % 12):00}/2021", $"{3 * index},{index % 90 + 10}", notes[index % notes.Length],
            ]),
        ];
    }
}

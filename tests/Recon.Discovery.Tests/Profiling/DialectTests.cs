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

    [Theory]
    [InlineData("windows-1250", "Łódź, Żółć i Święty Krzyż, Gęśla")]
    [InlineData("windows-1251", "Иванов и Петров, Москва")]
    [InlineData("windows-1252", "Große Müllerstraße, Äpfel, Öl")]
    [InlineData("windows-1254", "Şişli Ağaç, Işık, Çağrı Güneş")]
    [InlineData("ibm850", "Société générale à Nîmes, l'été")]
    [InlineData("macintosh", "Société générale à Nîmes, l'été")]
    [InlineData("shift_jis", "株式会社テスト、東京")]
    [InlineData("gb18030", "测试有限公司，北京")]
    public async Task ReadAsync_OfALanguage_FindsTheEncodingThatItsLettersSay(string encoding, string words)
    {
        FileSample sample = await _exports.ProfileAsync("id;text\n" + string.Concat(Enumerable.Range(1, 40).Select(index => $"{index};{words} {index}\n")), encoding);

        Assert.Equal((encoding, true), (sample.Profile.Encoding.Value, sample.Profile.Encoding.IsCertain));
        Assert.Equal($"{words} 40", sample.Rows[^1][1]);
    }

    [Fact]
    public async Task ReadAsync_OfUtf16InAnotherScriptWithoutAMark_FindsTheByteOrder()
        => Assert.Equal("utf-16be", (await _exports.ProfileAsync("имя;город\n" + string.Concat(Enumerable.Range(1, 40).Select(index => $"Иванов {index};Москва\n")), "utf-16be")).Profile.Encoding.Value);

    [Fact]
    public async Task ReadAsync_OfFewLetters_IsNotCertainOfTheEncoding()
    {
        FileProfile profile = (await _exports.ProfileAsync("id;nom\n1;Caf\u00E9\n2;The\n", "windows-1252")).Profile;

        Assert.Equal(("windows-1252", false), (profile.Encoding.Value, profile.Encoding.IsCertain));
    }

    [Fact]
    public async Task ReadAsync_OfOneEuroSign_TakesTheWesternEncodingAndTellsTheNext()
    {
        Found<string> found = (await _exports.ProfileAsync("id;Prix \u20AC\n" + string.Concat(Enumerable.Range(1, 40).Select(index => $"{index};Firm {index}\n")), "windows-1252")).Profile.Encoding;

        Assert.Equal(("windows-1252", false, 2), (found.Value, found.IsCertain, found.Others.Count));
        Assert.EndsWith("one byte says little", found.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_WhenNotCertain_HasTheWesternEncodingAmongTheReadings()
    {
        Found<string> found = (await _exports.ProfileAsync("id;nom\n1;Caf\u00E9\n2;The\n", "macintosh")).Profile.Encoding;

        Assert.False(found.IsCertain);
        Assert.Contains("windows-1252", found.Others.Select(other => other.Value).Append(found.Value));
    }

    [Fact]
    public async Task ReadAsync_OfTwoDelimitersThatSplitAlike_IsNotCertain()
    {
        string text = "a;b,c\n" + string.Concat(Enumerable.Range(0, 60).Select(index => $"{index};x{index},y{index}\n"));
        Found<string> found = (await _exports.ProfileAsync(text)).Profile.Delimiter;
        OtherReading<string> other = Assert.Single(found.Others);

        FileSample answered = await _exports.ProfileAsync(text, options: new ProfileOptions { Delimiter = other.Value });

        Assert.False(found.IsCertain);
        Assert.Equal([",", ";"], ((string[])[found.Value, other.Value]).Order(StringComparer.Ordinal));
        Assert.Equal((other.Value, true, other.Value == "," ? "a;b" : "b,c"), (answered.Profile.Delimiter.Value, answered.Profile.Delimiter.IsCertain, answered.Profile.Columns[other.Value == "," ? 0 : 1].Name));
    }

    [Fact]
    public async Task ReadAsync_OfBackslashesBeforeQuotes_ReadsThemAsEscapes()
    {
        FileSample sample = await _exports.ProfileAsync("id,name,note\n" + string.Concat(Enumerable.Range(1, 40).Select(index => $"{index},\"Name {index}\",\"He said \\\"hello\\\", twice\nand left\"\n")));

        Assert.Equal((FieldEscape.Backslash, 0L), (sample.Profile.Escape.Value, sample.Profile.Malformed));
        Assert.Equal("He said \"hello\", twice\nand left", sample.Rows[0][2]);
    }

    [Fact]
    public async Task ReadAsync_OfBackslashNAlone_TakesItForANullSpelling()
    {
        FileProfile profile = (await _exports.ProfileAsync(string.Concat(Enumerable.Range(1, 40).Select(index => $"{index}\tName {index}\t{(index % 2 == 0 ? "\\N" : "2020-01-13")}\n")))).Profile;

        Assert.Equal((FieldEscape.Doubled, false), (profile.Escape.Value, profile.Escape.IsCertain));
        Assert.Equal(["\\N"], profile.Nulls);
    }

    [Fact]
    public async Task ReadAsync_OfQuotesWithinTexts_TakesThemForText()
    {
        FileSample sample = await _exports.ProfileAsync("ID|Descr|Qty\n" + string.Concat(Enumerable.Range(1, 40).Select(index => $"{index}|Tube 5\" x {index} \"fort\"|{index}\n")));

        Assert.Equal(("none", 0L), (sample.Profile.Quote.Value, sample.Profile.Malformed));
        Assert.Equal("Tube 5\" x 1 \"fort\"", sample.Rows[0][1]);
    }

    [Fact]
    public async Task ReadAsync_OfControlCharactersAsSeparators_FindsBoth()
    {
        FileSample sample = await _exports.ProfileAsync("id\u001Fname\u001Fnote\u001E" + string.Concat(Enumerable.Range(1, 40).Select(index => $"{index}\u001FName {index}\u001Fline\nline, two\u001E")));

        Assert.Equal(("unit-separator", "record-separator", 40), (sample.Profile.Delimiter.Value, sample.Profile.RecordSeparator, sample.Rows.Count));
        Assert.Equal("line\nline, two", sample.Rows[39][2]);
    }

    [Theory]
    [InlineData("Email", "a{0}@b.example", true)]
    [InlineData("Name", "Lefèvre {0}, Anne", false)]
    public async Task ReadAsync_OfOneColumn_SplitsNothing(string name, string value, bool certain)
    {
        FileSample sample = await _exports.ProfileAsync($"{name}\n" + string.Concat(Enumerable.Range(1, 40).Select(index => string.Format(System.Globalization.CultureInfo.InvariantCulture, value, index) + "\n")));

        Assert.Equal((name, certain), (Assert.Single(sample.Profile.Columns).Name, sample.Profile.Delimiter.IsCertain));
        Assert.Equal((40, 0L), (sample.Rows.Count, sample.Profile.Malformed));
    }

    [Theory]
    [InlineData("id;nom;ville", "{0};Nom {0};Lyon;", "end in a delimiter", "id")]
    [InlineData("nom;ville;pays", "{0};Nom {0};Lyon;France", "in front has no name", "nom")]
    public async Task ReadAsync_OfRecordsWithAFieldMoreThanTheHeader_ReadsThemAndSaysThatARunDoesNot(string header, string record, string why, string first)
    {
        FileSample sample = await _exports.ProfileAsync($"{header}\n" + string.Concat(Enumerable.Range(1, 40).Select(index => string.Format(System.Globalization.CultureInfo.InvariantCulture, record, index) + "\n")));

        Assert.Equal((40, 0L), (sample.Rows.Count, sample.Profile.Malformed));
        Assert.Equal(first, sample.Profile.Columns.First(column => column.Name.Length > 0).Name);
        Assert.Contains(why, Assert.Single(sample.Profile.Notes), StringComparison.Ordinal);
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

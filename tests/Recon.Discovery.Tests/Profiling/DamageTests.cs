using Recon.Discovery.Profiling;

namespace Recon.Discovery.Tests.Profiling;

/// <summary>Damage is found where it is, and nowhere else.</summary>
public sealed class DamageTests : IDisposable
{
    private const int Records = 200;
    private readonly Exports _exports = new();

    public void Dispose() => _exports.Dispose();

    [Fact]
    public async Task ReadAsync_OfACleanFile_FindsNone()
        => Assert.Empty((await _exports.ProfileAsync(File((_, row) => row))).Profile.Damage);

    [Theory]
    [InlineData(nameof(DamageKind.DestroyedDates), 2, "27:31.0", 20)]
    [InlineData(nameof(DamageKind.Mojibake), 1, "SociÃ©tÃ© gÃ©nÃ©rale", 20)]
    [InlineData(nameof(DamageKind.Mojibake), 1, "Soci\uFFFDt\uFFFD", 20)]
    [InlineData(nameof(DamageKind.SpreadsheetNumbers), 3, "1.23E+05", 20)]
    [InlineData(nameof(DamageKind.SpreadsheetErrors), 3, "#REF!", 20)]
    [InlineData(nameof(DamageKind.SpreadsheetErrors), 3, "########", 20)]
    [InlineData(nameof(DamageKind.SpreadsheetErrors), 1, "=SUM(A1:A3)", 20)]
    [InlineData(nameof(DamageKind.InvisibleSpace), 1, "\u00A0Verrerie du Nord\u00A0", 20)]
    [InlineData(nameof(DamageKind.InvisibleSpace), 1, "Verre\u200Brie du Nord", 20)]
    [InlineData(nameof(DamageKind.RepeatedIds), 0, "10", 19)]
    public async Task ReadAsync_OfOneKindOfDamage_FindsThatAlone(string kind, int column, string value, int values)
    {
        FileProfile profile = (await _exports.ProfileAsync(File((index, row) =>
        {
            row[column] = index % 10 == 0 ? value : row[column];
            return row;
        }))).Profile;

        Damage damage = Assert.Single(profile.Damage);
        Assert.Equal((kind, values, profile.Columns[column].Name), (damage.Kind.ToString(), damage.Values, damage.Column));
        Assert.EndsWith(".", damage.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_OfTextsOfOneGreatestLength_FindsTheCut()
    {
        FileProfile profile = (await _exports.ProfileAsync(File((index, row) =>
        {
            row[4] = row[4].Length > 255 ? row[4][..255] : row[4];
            return row;
        }))).Profile;

        Damage damage = Assert.Single(profile.Damage);
        Assert.Equal((DamageKind.CutTexts, "Note"), (damage.Kind, damage.Column));
        Assert.Contains("255 characters", damage.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_OfRecordsWithTooManyFields_CountsThem()
    {
        FileProfile profile = (await _exports.ProfileAsync(File((_, row) => row) + "300,a,b,c,d,e,f,g,h\n301,a\n")).Profile;

        Damage damage = Assert.Single(profile.Damage);
        Assert.Equal((DamageKind.MalformedRecords, 2, Records + 2), (damage.Kind, damage.Values, damage.Of));
        Assert.Equal((2, Records + 2), (profile.Malformed, profile.Records));
    }

    [Fact]
    public async Task ReadAsync_OfPostalCodesWithoutTheirZeros_FindsThem()
    {
        FileProfile profile = (await _exports.ProfileAsync(File((index, row) =>
        {
            row[5] = index % 10 == 0 ? "1000" : "75001";
            return row;
        }))).Profile;

        Damage damage = Assert.Single(profile.Damage);
        Assert.Equal((DamageKind.SpreadsheetNumbers, "Code postal", 20), (damage.Kind, damage.Column, damage.Values));
    }

    [Fact]
    public async Task ReadAsync_OfDatesAsASpreadsheetCountsThem_SaysThatNoFormatReadsThem()
    {
        FileProfile profile = (await _exports.ProfileAsync("Id,Created date\n" + string.Concat(Enumerable.Range(1, 40).Select(index => $"{index},{44_000 + index}\n")))).Profile;

        Assert.Equal((DamageKind.SpreadsheetNumbers, "Created date"), (Assert.Single(profile.Damage).Kind, profile.Damage[0].Column));
    }

    [Fact]
    public async Task ReadAsync_OfPhonesWithoutTheirZeros_FindsThem()
    {
        FileProfile profile = (await _exports.ProfileAsync("Id;Téléphone\n" + string.Concat(Enumerable.Range(1, 40).Select(index => $"{index};{(index % 2 == 0 ? "" : "0")}1426853{index:00}\n")))).Profile;

        Assert.Equal((DamageKind.SpreadsheetNumbers, 20), (Assert.Single(profile.Damage).Kind, profile.Damage[0].Values));
    }

    [Fact]
    public async Task ReadAsync_OfAFewBytesThatAreNotUtf8_ReadsTheRestAndSaysThatARunRefuses()
    {
        byte[] text = Exports.Encode(File((_, row) => row), "utf-8");
        int at = text.AsSpan().IndexOf("é"u8);
        text[at + 1] = (byte)'x';

        FileSample sample = await _exports.ProfileAsync(text);

        Assert.Equal(("utf-8", false, Records), (sample.Profile.Encoding.Value, sample.Profile.Encoding.IsCertain, sample.Rows.Count));
        Assert.Contains($"at byte {at}", Assert.Single(sample.Profile.Notes), StringComparison.Ordinal);
    }

    private static string File(Func<int, string[], string[]> change)
    {
        var words = new Random(5);
        string text = "Id,Société,Créée le,Montant,Note,Code postal\n";
        for (int index = 1; index <= Records; index++)
        {
            string note = string.Join(' ', Enumerable.Range(0, words.Next(2, 90)).Select(_ => new string((char)('a' + words.Next(26)), words.Next(2, 9))));
            string[] row = [$"{index}", $"Société {index}", $"{2000 + (index % 20)}-0{1 + (index % 9)}-1{index % 10}", $"{index * 3}.{index % 10}5", note, index % 2 == 0 ? "01000" : "75001"];
            text += string.Join(',', change(index, row).Select(Exports.Quote)) + "\n";
        }

        return text;
    }
}

using Recon.Discovery.Profiling;

namespace Recon.Discovery.Tests.Profiling;

/// <summary>Whether the first record names the columns.</summary>
public sealed class HeaderTests : IDisposable
{
    private readonly Exports _exports = new();

    public void Dispose() => _exports.Dispose();

    [Theory]
    [InlineData("Id;Montant\n", true, true)]
    [InlineData("", false, true)]
    [InlineData("Region;2021\n", true, true)]
    public async Task ReadAsync_OfNumbers_TellsAHeaderFromData(string header, bool expected, bool certain)
    {
        string rows = string.Concat(Enumerable.Range(1, 40).Select(index => $"{index};{index * 1731}\n"));

        FileProfile profile = (await _exports.ProfileAsync(header + rows)).Profile;

        Assert.Equal((expected, certain, 40), (profile.Header.Value, profile.Header.IsCertain, profile.Records));
        Assert.Equal(expected ? header.Trim().Split(';') : ["column1", "column2"], profile.Columns.Select(column => column.Name));
    }

    [Theory]
    [InlineData("prénom,nom,ville,type\n", true)]
    [InlineData("", false)]
    public async Task ReadAsync_OfTextsAlone_TellsAHeaderByValuesThatComeAgain(string header, bool expected)
    {
        string[] first = ["Anne", "Luc", "Eve", "Paul"];
        string[] city = ["Lyon", "Nîmes", "Lille"];
        string rows = string.Concat(Enumerable.Range(0, 60).Select(index => $"{first[index % 4]},Nom{(char)('a' + (index % 7))},{city[index % 3]},{(index % 2 == 0 ? "Client" : "Prospect")}\n"));

        Found<bool> found = (await _exports.ProfileAsync(header + rows)).Profile.Header;

        Assert.Equal((expected, true), (found.Value, found.IsCertain));
    }

    [Fact]
    public async Task ReadAsync_OfNamesOfPeopleOfWhichTheFirstNeverComesAgain_IsNotCertainOfAHeader()
    {
        string[] names = ["Leroy", "Petit", "Dubois"];
        string[] towns = ["Lyon", "Nice", "Brest"];
        string text = "Martin,Aude,Paris\n" + string.Concat(Enumerable.Range(0, 60).Select(index => $"{names[index % 3]},{(index % 2 == 0 ? "Jean" : "Luc")},{towns[index % 3]}\n"));

        FileProfile profile = (await _exports.ProfileAsync(text)).Profile;
        FileProfile answered = (await _exports.ProfileAsync(text, options: new ProfileOptions { Header = false })).Profile;

        Assert.Equal((false, 1), (profile.Header.IsCertain, profile.Header.Others.Count));
        Assert.Equal((false, true, 61), (answered.Header.Value, answered.Header.IsCertain, answered.Records));
    }

    [Fact]
    public async Task ReadAsync_OfNamesThatLookLikeCodes_FindsTheHeaderForCertain()
    {
        string[] city = ["Lyon", "Metz", "Lille"];
        string rows = string.Concat(Enumerable.Range(1, 300).Select(index =>
            $"{index},{index * 37},text of {index},20{10 + (index % 14)}-0{1 + (index % 9)}-15,X{10000 + (index * 7)},{index}.{index % 10}5,{(index % 2 == 0 ? "Y" : "N")},{city[index % 3]}\n"));

        FileProfile profile = (await _exports.ProfileAsync($"RecNo,F00,F01,F02,F03,F04,F05,F06\n{rows}")).Profile;

        Assert.Equal((true, true, 300), (profile.Header.Value, profile.Header.IsCertain, profile.Records));
    }

    [Fact]
    public async Task ReadAsync_OfCodesWithoutAHeader_FindsNone()
    {
        string rows = string.Concat(Enumerable.Range(1, 300).Select(index => $"X{10000 + (index * 7)},{index * 37},20{10 + (index % 14)}-0{1 + (index % 9)}-15\n"));

        FileProfile profile = (await _exports.ProfileAsync(rows)).Profile;

        Assert.Equal((false, true, 300), (profile.Header.Value, profile.Header.IsCertain, profile.Records));
    }

    [Fact]
    public async Task ReadAsync_OfOneRecord_SaysThatItMayBeEither()
    {
        FileProfile profile = (await _exports.ProfileAsync("id,name,amount\n")).Profile;

        Assert.Equal((true, false, 0), (profile.Header.Value, profile.Header.IsCertain, profile.Records));
        Assert.False(Assert.Single(profile.Header.Others).Value);
    }

    [Fact]
    public async Task ReadAsync_OfTitlesBeforeTheTable_PassesThemAndSaysSo()
    {
        string rows = string.Concat(Enumerable.Range(1, 30).Select(index => $"{index};Nom {index};{index},50;Lyon\n"));

        FileSample sample = await _exports.ProfileAsync($"Export des clients\nGénéré le 12/03/2024\n\nId;Nom;Montant;Ville\n{rows}");

        Assert.Equal(["Id", "Nom", "Montant", "Ville"], sample.Profile.Columns.Select(column => column.Name));
        Assert.Equal(30, sample.Rows.Count);
        Assert.Contains("2 lines before the table", Assert.Single(sample.Profile.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_OfExcelsLineSep_TakesTheDelimiterAndSaysThatARunDoesNot()
    {
        FileSample sample = await _exports.ProfileAsync("sep=;\r\nId;Montant\r\n1;2,5\r\n2;3,5\r\n");

        Assert.Equal((";", true, 2), (sample.Profile.Delimiter.Value, sample.Profile.Header.Value, sample.Rows.Count));
        Assert.Contains("sep=", Assert.Single(sample.Profile.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_OfAHeaderWithHundredsOfNamelessColumns_LeavesThemOut()
    {
        string rows = string.Concat(Enumerable.Range(1, 30).Select(index => $"{index},Name {index}\n"));

        FileProfile profile = (await _exports.ProfileAsync($"Id,Name{new string(',', 300)}\n{rows}")).Profile;

        Assert.Equal(["Id", "Name"], profile.Columns.Select(column => column.Name));
        Assert.Equal(0, profile.Malformed);
    }

    [Fact]
    public async Task ReadAsync_OfTwoColumnsWithOneName_SaysThatADefinitionCannotTellThemApart()
    {
        FileProfile profile = (await _exports.ProfileAsync("Id,Phone,Phone\n1,0612345678,0712345678\n2,0612345679,0712345679\n")).Profile;

        Assert.Contains("2 columns are named \"Phone\"", Assert.Single(profile.Notes), StringComparison.Ordinal);
    }
}

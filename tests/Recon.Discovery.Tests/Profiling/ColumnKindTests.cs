using System.Globalization;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Choice;
using Recon.Dataflow.Values.Number;
using Recon.Dataflow.Values.Phone;
using Recon.Dataflow.Values.Time;
using Recon.Dataflow.Values.Web;
using Recon.Discovery.Profiling;

namespace Recon.Discovery.Tests.Profiling;

/// <summary>What the values of a column are, and what reads them.</summary>
public sealed class ColumnKindTests : IDisposable
{
    private readonly Exports _exports = new();

    public void Dispose() => _exports.Dispose();

    [Theory]
    [InlineData("dd/MM/yyyy", "dd/MM/yyyy")]
    [InlineData("MM/dd/yyyy", "MM/dd/yyyy")]
    [InlineData("d/M/yyyy", "d/M/yyyy")]
    [InlineData("dd.MM.yyyy", "dd.MM.yyyy")]
    [InlineData("dd-MM-yyyy HH:mm:ss", "dd-MM-yyyy[ HH:mm[:ss]]")]
    [InlineData("M/d/yyyy h:mm tt", "M/d/yyyy[ h:mm[:ss] tt]")]
    [InlineData("yyyyMMdd", "yyyyMMdd")]
    [InlineData("yyyy-MM-dd", null)]
    [InlineData("yyyy-MM-dd HH:mm:ss", null)]
    [InlineData("yyyy-MM-ddTHH:mm:ss.fffZ", null)]
    public async Task ReadAsync_OfDatesWithADayAboveTwelve_FindsTheFormatForCertain(string written, string? expected)
    {
        ColumnProfile column = await _exports.ColumnAsync("Created date", Dates(written, day => day));

        Found<ConversionDefinition>? found = column.Conversion;
        Assert.NotNull(found);
        Assert.True(found.IsCertain, found.Evidence);
        Assert.Equal(expected is null ? [] : [expected], found.Value is DateDefinition date ? date.Formats : Assert.IsType<DatetimeDefinition>(found.Value).Formats);
        Assert.Equal(written.Contains('m', StringComparison.Ordinal) ? ColumnKind.DateTime : ColumnKind.Date, column.Kind.Value);
    }

    [Theory]
    [InlineData("dd/MM/yyyy", "MM/dd/yyyy")]
    [InlineData("dd.MM.yyyy", "MM.dd.yyyy")]
    [InlineData("dd-MM-yyyy", "MM-dd-yyyy")]
    public async Task ReadAsync_OfDatesWithoutADayAboveTwelve_LeavesBothReadings(string written, string exchanged)
    {
        ColumnProfile column = await _exports.ColumnAsync("Date", Dates(written, day => 1 + (day % 12)));

        Assert.False(column.Conversion?.IsCertain);
        Assert.Equal([written], Assert.IsType<DateDefinition>(column.Conversion?.Value).Formats);
        Assert.Equal([exchanged], Assert.IsType<DateDefinition>(Assert.Single(column.Conversion.Others).Value).Formats);
    }

    [Fact]
    public async Task ReadAsync_OfDatesThatAnotherColumnDecides_TakesItsOrderFirst()
    {
        string rows = string.Concat(Enumerable.Range(1, 40).Select(index => $"{index},{1 + (index % 12)}/{1 + (index % 28)}/2020,{1 + (index % 12):00}/{1 + (index % 11):00}/2020\n"));

        FileProfile profile = (await _exports.ProfileAsync($"Id,Opened,Closed\n{rows}")).Profile;

        Assert.Equal(["MM/dd/yyyy"], Assert.IsType<DateDefinition>(profile.Columns[2].Conversion?.Value).Formats);
        Assert.False(profile.Columns[2].Conversion?.IsCertain);
    }

    [Theory]
    [InlineData("createdate", 1L, "epoch-milliseconds")]
    [InlineData("created_at", 1000L, "epoch-seconds")]
    public async Task ReadAsync_OfNumbersThatCountTime_FindsTheUnit(string name, long unit, string format)
    {
        ColumnProfile column = await _exports.ColumnAsync(name, [.. Enumerable.Range(0, 30).Select(index => ((1_500_000_000_000 + (index * 7_654_321_000L)) / unit).ToString(CultureInfo.InvariantCulture))]);

        Assert.Equal(ColumnKind.DateTime, column.Kind.Value);
        Assert.Equal([format], Assert.IsType<DatetimeDefinition>(column.Conversion?.Value).Formats);
    }

    [Theory]
    [InlineData("31/12/99")]
    [InlineData("5 janvier 2020")]
    public async Task ReadAsync_OfDatesThatNoFormatReads_SaysSo(string value)
    {
        ColumnProfile column = await _exports.ColumnAsync("Date", [.. Enumerable.Repeat(value, 10), value]);

        Assert.Equal((ColumnKind.Date, false), (column.Kind.Value, column.Kind.IsCertain));
        Assert.Null(column.Conversion);
        Assert.Contains("no format", column.Kind.Evidence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1234.5|12.25|7", "Invariant")]
    [InlineData("1,234.50|2,345.75", "En")]
    [InlineData("1.234,50|2.345,75", "De")]
    [InlineData("1 234,50|2 345,75 €", "Fr")]
    [InlineData("1\u202F234,50|2\u00A0345,75", "Fr")]
    [InlineData("1'234.50|2'345.75", "Ch")]
    public async Task ReadAsync_OfNumbers_FindsTheCulture(string values, string culture)
    {
        ColumnProfile column = await _exports.ColumnAsync("Amount", values.Split('|'));

        Assert.Equal(ColumnKind.Number, column.Kind.Value);
        Assert.Equal((culture, true), (Assert.IsType<NumberDefinition>(column.Conversion?.Value).Culture.ToString(), column.Conversion.IsCertain));
    }

    [Fact]
    public async Task ReadAsync_OfThousandsOrFractions_LeavesBothReadings()
    {
        ColumnProfile column = await _exports.ColumnAsync("Amount", "1.234", "2.500", "13.125");

        Assert.False(column.Conversion?.IsCertain);
        Assert.Equal(NumberCulture.Invariant, Assert.IsType<NumberDefinition>(column.Conversion?.Value).Culture);
        Assert.Equal(NumberCulture.De, Assert.IsAssignableFrom<NumericDefinition>(Assert.Single(column.Conversion.Others).Value).Culture);
    }

    [Fact]
    public async Task ReadAsync_OfAmountsInDollars_AddsTheSign()
    {
        ColumnProfile column = await _exports.ColumnAsync("Revenue", "$1,250.00", "$12.50", "$999,999.00");

        Assert.Contains("$", Assert.IsType<NumberDefinition>(column.Conversion?.Value).Currency);
        Assert.True(column.Conversion.IsCertain);
    }

    [Theory]
    [InlineData("Effectif", "56|581.0|8.0|12", nameof(ColumnKind.Integer))]
    [InlineData("Revenue", "16370000.00|5770000.00|120.00", nameof(ColumnKind.Number))]
    [InlineData("Code postal", "01000|75001|69003", nameof(ColumnKind.Text))]
    [InlineData("Plz", "80331|10115|20095", nameof(ColumnKind.Text))]
    [InlineData("Portable", "0612345678|0698765432|0711223344", nameof(ColumnKind.Phone))]
    [InlineData("name", "06.12.34.56.78|01 42 68 53 00|+33 6 12 34 56 78", nameof(ColumnKind.Phone))]
    [InlineData("Ref", "A1B2|A1B3|B9C4", nameof(ColumnKind.Id))]
    [InlineData("Customer code", "00123|00124|00125", nameof(ColumnKind.Id))]
    [InlineData("Mail", "a.b@c.example|d@e.example|F@G.example", nameof(ColumnKind.Email))]
    [InlineData("Site", "https://ab.example/x|www.b.example|cd.example", nameof(ColumnKind.Url))]
    [InlineData("File", "report.pdf|letter.docx|M.Dupont", nameof(ColumnKind.Text))]
    [InlineData("Actif", "Oui|Non|Oui|Non", nameof(ColumnKind.Boolean))]
    [InlineData("Deleted", "1|1|1", nameof(ColumnKind.Boolean))]
    [InlineData("Version", "1.2.3|1.2.4|2.0.0", nameof(ColumnKind.Text))]
    public async Task ReadAsync_OfValuesThatLookLikeOthers_TellsThemApart(string name, string values, string kind)
        => Assert.Equal(kind, (await _exports.ColumnAsync(name, values.Split('|'))).Kind.Value.ToString());

    [Fact]
    public async Task ReadAsync_OfFrenchPhones_LeavesTheRegionOpen()
    {
        ColumnProfile column = await _exports.ColumnAsync("Téléphone", "06 12 34 56 78", "01 42 68 53 00", "04 78 11 22 33");

        Assert.Equal(new PhoneDefinition { Region = "FR" }, column.Conversion?.Value);
        Assert.False(column.Conversion?.IsCertain);
        Assert.Contains("3 have no country code", column.Conversion?.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_OfPhonesWithTheirCountry_TakesItForTheOthers()
    {
        ColumnProfile column = await _exports.ColumnAsync("Tel", [.. Enumerable.Range(0, 20).Select(index => index % 2 == 0 ? $"0142685{index:000}" : $"+33142685{index:000}")]);

        Assert.Equal((new PhoneDefinition { Region = "FR" }, true), (column.Conversion?.Value, column.Conversion?.IsCertain));
    }

    [Fact]
    public async Task ReadAsync_OfLists_FindsTheirSeparator()
    {
        string[] lists = [",A,B,", ",B,", ",A,C,", ",C,B,A,"];

        ColumnProfile column = await _exports.ColumnAsync("Segments", [.. Enumerable.Range(0, 40).Select(index => lists[index % 4])]);

        Assert.Equal(ColumnKind.MultiSelect, column.Kind.Value);
        Assert.Equal(",", Assert.IsType<MultiSelectDefinition>(column.Conversion?.Value).Separator);
    }

    [Fact]
    public async Task ReadAsync_OfHosts_ReadsThemAsDomains()
        => Assert.IsType<DomainDefinition>((await _exports.ColumnAsync("Domain", "ab.example", "www.b.example", "cd.ef.example")).Conversion?.Value);

    [Fact]
    public async Task ReadAsync_OfNullSpellings_TakesThemByColumn()
    {
        string rows = string.Concat(Enumerable.Range(1, 60).Select(index => $"{index},{(index % 3 == 0 ? "NA" : $"{index}.5")},{(index % 2 == 0 ? "NA" : index % 3 == 0 ? "ZA" : "FR")},{(index % 4 == 0 ? "NULL" : "x y z")}\n"));

        FileSample sample = await _exports.ProfileAsync($"Id,Amount,Country,Note\n{rows}");

        Assert.Equal([("NA", 20L)], sample.Profile.Columns[1].Nulls.Select(spelling => (spelling.Value, spelling.Records)));
        Assert.Empty(sample.Profile.Columns[2].Nulls);
        Assert.Equal(["NULL"], sample.Profile.Nulls);
        Assert.Equal((40, 60, 45), (sample.Profile.Columns[1].Filled, sample.Profile.Columns[2].Filled, sample.Profile.Columns[3].Filled));
        Assert.Equal(("3", null, "ZA", "x y z"), (sample.Rows[2][0], sample.Rows[2][1], sample.Rows[2][2], sample.Rows[2][3]));
    }

    [Fact]
    public async Task ReadAsync_OfPersonalTexts_TellsNoneInTheEvidence()
    {
        ColumnProfile column = await _exports.ColumnAsync("Name", [.. Enumerable.Range(0, 30).Select(index => $"Quelora {index} Vitebsk")]);

        Assert.DoesNotContain("Quelora", column.Kind.Evidence, StringComparison.Ordinal);
        Assert.Equal((30, 30, 18), (column.Filled, column.Distinct, column.Longest));
    }

    private static string[] Dates(string written, Func<int, int> day)
        => [.. Enumerable.Range(0, 60).Select(index => new DateTime(2015 + (index % 8), 1 + (index % 12), day(1 + (index * 5 % 28)), 8 + (index % 9), index, 7, DateTimeKind.Utc).ToString(written.Replace("Z", "'Z'", StringComparison.Ordinal).Replace("T", "'T'", StringComparison.Ordinal), CultureInfo.InvariantCulture))];
}

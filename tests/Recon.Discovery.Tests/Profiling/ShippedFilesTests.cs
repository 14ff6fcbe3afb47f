using Recon.Dataflow.Definition;
using Recon.Dataflow.Values.Number;
using Recon.Dataflow.Values.Phone;
using Recon.Discovery.Profiling;
using Recon.Testing;

namespace Recon.Discovery.Tests.Profiling;

/// <summary>The shipped exports read as the shipped definition says.</summary>
public sealed class ShippedFilesTests
{
    [Theory]
    [InlineData("companies")]
    [InlineData("contacts")]
    [InlineData("deals")]
    [InlineData("communications")]
    public async Task ReadAsync_OfAShippedFile_FindsTheDialectOfTheDefinition(string pipeline)
    {
        DefinitionReading reading = DefinitionReader.Read(Path.Combine(Repository.Root, "pipeline.json"));
        Assert.NotNull(reading.Definition);
        ValidPipeline shipped = Assert.Single(reading.Definition.Pipelines, one => one.Name == pipeline);
        CsvBlockDefinition csv = shipped.Csv;

        FileProfile profile = (await ReadAsync(Path.GetFileName(csv.Path))).Profile;

        CsvBlockDefinition found = profile.ToBlock(csv.Path, csv.Id);
        Assert.Equal((csv.Encoding, csv.Delimiter, csv.Quote, csv.Escape, csv.Header), (found.Encoding, found.Delimiter, found.Quote, found.Escape, found.Header));
        Assert.True(profile.Encoding.IsCertain && profile.Delimiter.IsCertain && profile.Quote.IsCertain && profile.Escape.IsCertain && profile.Header.IsCertain);
        Assert.Equal(["#AUTO#", "-", "N/A", "NULL"], profile.Nulls.Order(StringComparer.Ordinal));
        Assert.Equal(ColumnKind.Id, Column(profile, csv.Id).Kind.Value);
        Assert.Empty(profile.Notes);
    }

    [Theory]
    [InlineData("Bronze_Company.csv", 300, 4)]
    [InlineData("Bronze_Person.csv", 1000, 4)]
    [InlineData("Bronze_Opportunity.csv", 500, 4)]
    [InlineData("Bronze_Communication.csv", 10000, 11)]
    public async Task ReadAsync_OfAShippedFile_CountsAsARunDoes(string file, int records, int malformed)
    {
        FileSample sample = await ReadAsync(file);

        Assert.Equal((records, malformed, records - malformed), (sample.Profile.Records, sample.Profile.Malformed, sample.Rows.Count));
    }

    [Theory]
    [InlineData("Bronze_Company.csv", "Comp_Name", nameof(ColumnKind.Text))]
    [InlineData("Bronze_Company.csv", "Comp_WebSite", nameof(ColumnKind.Url))]
    [InlineData("Bronze_Company.csv", "Comp_PhoneNumber", nameof(ColumnKind.Phone))]
    [InlineData("Bronze_Company.csv", "Comp_EmailAddress", nameof(ColumnKind.Email))]
    [InlineData("Bronze_Company.csv", "Comp_Type", nameof(ColumnKind.Enumeration))]
    [InlineData("Bronze_Company.csv", "Comp_Employees", nameof(ColumnKind.Integer))]
    [InlineData("Bronze_Company.csv", "Comp_Revenue", nameof(ColumnKind.Number))]
    [InlineData("Bronze_Company.csv", "Addr_PostCode", nameof(ColumnKind.Text))]
    [InlineData("Bronze_Company.csv", "Comp_CreatedDate", nameof(ColumnKind.DateTime))]
    [InlineData("Bronze_Company.csv", "Comp_Deleted", nameof(ColumnKind.Boolean))]
    [InlineData("Bronze_Person.csv", "Comp_CompanyId", nameof(ColumnKind.Integer))]
    [InlineData("Bronze_Person.csv", "Pers_MobileNumber", nameof(ColumnKind.Phone))]
    [InlineData("Bronze_Opportunity.csv", "Oppo_TargetClose", nameof(ColumnKind.Date))]
    [InlineData("Bronze_Opportunity.csv", "Oppo_Forecast", nameof(ColumnKind.Number))]
    [InlineData("Bronze_Communication.csv", "Comm_Note", nameof(ColumnKind.Html))]
    [InlineData("Bronze_Communication.csv", "Comm_CaseId", nameof(ColumnKind.Empty))]
    [InlineData("Bronze_Communication.csv", "Comm_Action", nameof(ColumnKind.Enumeration))]
    public async Task ReadAsync_OfAShippedFile_KnowsTheKindsOfColumns(string file, string column, string kind)
        => Assert.Equal(kind, Column((await ReadAsync(file)).Profile, column).Kind.Value.ToString());

    [Fact]
    public async Task ReadAsync_OfTheShippedCompanies_FindsHowValuesAreRead()
    {
        FileProfile profile = (await ReadAsync("Bronze_Company.csv")).Profile;

        Assert.Equal(new PhoneDefinition { Region = "FR" }, Column(profile, "Comp_PhoneNumber").Conversion?.Value);
        Assert.Equal(NumberCulture.Invariant, Assert.IsType<NumberDefinition>(Column(profile, "Comp_Revenue").Conversion?.Value).Culture);
        Assert.IsType<IntegerDefinition>(Column(profile, "Comp_Employees").Conversion?.Value);
    }

    [Fact]
    public async Task ReadAsync_OfTheShippedCommunications_FindsTheirPlantedDamage()
    {
        FileProfile profile = (await ReadAsync("Bronze_Communication.csv")).Profile;

        Assert.Equal(
            [
                DamageKind.DestroyedDates, DamageKind.Mojibake, DamageKind.SpreadsheetNumbers, DamageKind.RepeatedIds, DamageKind.MalformedRecords, DamageKind.InvisibleSpace,
            ],
            profile.Damage.Select(damage => damage.Kind).Distinct().Order());
        Assert.Equal(4, profile.Damage.Single(damage => damage.Kind == DamageKind.DestroyedDates).Values);
    }

    private static Task<FileSample> ReadAsync(string file)
        => FileProfiler.ReadAsync(Path.Combine(Repository.Root, "bronze_layer", file), new ProfileOptions(), TestContext.Current.CancellationToken);

    private static ColumnProfile Column(FileProfile profile, string name) => Assert.Single(profile.Columns, column => column.Name == name);
}

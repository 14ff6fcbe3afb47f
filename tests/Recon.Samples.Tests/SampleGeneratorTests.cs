using System.Text;

namespace Recon.Samples.Tests;

public class SampleGeneratorTests
{
    private const string CommunicationHeader =
        "Comm_CommunicationId,Comm_OpportunityId,Comm_CaseId,Comm_Type,Comm_Action,Comm_Status,Comm_Priority,Comm_DateTime,"
        + "Comm_ToDateTime,Comm_Note,Comm_Subject,Comm_Email,Comm_CreatedDate,Comm_UpdatedDate,Comm_OriginalDateTime,"
        + "Comm_OriginalToDateTime,Person_Id,Person_FirstName,Person_LastName,Person_EmailAddress,Company_Id,Company_Name,"
        + "Case_Description,Case_CompanyId,Case_PersonId";

    [Theory]
    [InlineData("Bronze_Company.csv", "Comp_CompanyId,Comp_Name,Comp_WebSite,Comp_PhoneNumber,Comp_EmailAddress,Comp_Type,Comp_Territory,Comp_Sector,Comp_Employees,Comp_Revenue,Comp_Source,Comp_Status,Addr_Street1,Addr_City,Addr_State,Addr_PostCode,Addr_Country,Comp_CreatedDate,Comp_UpdatedDate,Comp_Deleted", true, "\n")]
    [InlineData("Bronze_Person.csv", "Pers_PersonId,Comp_CompanyId,Comp_Name,Pers_Salutation,Pers_FirstName,Pers_LastName,Pers_Title,Pers_Department,Pers_EmailAddress,Pers_PhoneNumber,Pers_MobileNumber,Addr_Street1,Addr_City,Addr_State,Addr_PostCode,Addr_Country,Pers_CreatedDate,Pers_UpdatedDate,Pers_Deleted", false, "\n")]
    [InlineData("Bronze_Opportunity.csv", "Oppo_OpportunityId,Oppo_Description,Oppo_PrimaryCompanyId,Oppo_PrimaryPersonId,Comp_Name,Oppo_Type,Oppo_Product,Oppo_Stage,Oppo_Status,Oppo_Certainty,Oppo_Priority,Oppo_Source,Oppo_Forecast,oppo_cout,Oppo_TargetClose,Oppo_Note,Oppo_CreatedDate,Oppo_UpdatedDate,Oppo_Deleted", false, "\r\n")]
    [InlineData("Bronze_Communication.csv", CommunicationHeader, true, "\r\n")]
    public async Task Bronze_Start_IsMarkAndHeader(string file, string header, bool mark, string newLine)
    {
        byte[] bytes = await SampleFiles.BronzeAsync(new SampleOptions { Rows = 10 }, file);

        Assert.StartsWith((mark ? "\uFEFF" : "") + header + newLine, Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Communications_LineEnds_AreCrLfOutsideAndLfInsideQuotes()
    {
        string text = Encoding.UTF8.GetString(await SampleFiles.BronzeAsync(SampleOptions.Demo, "Bronze_Communication.csv"));

        Assert.Contains("\r\n", text, StringComparison.Ordinal);
        Assert.Contains("\"Bonjour,\n\n", text, StringComparison.Ordinal);
        Assert.Contains("\"\"", text, StringComparison.Ordinal);
        Assert.False(text.EndsWith('\n'), "The last record is cut.");
    }

    [Fact]
    public async Task Generator_SameSeed_GivesSameBytes()
    {
        SampleOptions options = new() { Rows = 2_000, Seed = 7 };
        foreach ((string file, SampleTable table) in SampleGenerator.BronzeFiles.Zip(MirrorSchema.Tables))
        {
            Assert.Equal(await SampleFiles.BronzeAsync(options, file), await SampleFiles.BronzeAsync(options, file));
            Assert.Equal(await SampleFiles.MirrorAsync(options, table), await SampleFiles.MirrorAsync(options, table));
        }
    }

    [Fact]
    public async Task Generator_OtherSeed_GivesOtherBytes()
    {
        byte[] one = await SampleFiles.BronzeAsync(new SampleOptions { Rows = 100, Seed = 1 }, "Bronze_Communication.csv");
        byte[] two = await SampleFiles.BronzeAsync(new SampleOptions { Rows = 100, Seed = 2 }, "Bronze_Communication.csv");

        Assert.NotEqual(one, two);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(10_000)]
    [InlineData(50_001)]
    public async Task Facts_AnySize_Balance(long rows)
    {
        SampleFacts facts = await new SampleGenerator(new SampleOptions { Rows = rows }).CountAsync(SampleFiles.Token);

        Assert.All(facts.Pipelines, p => Assert.Equal(p.Read, p.Staged + p.Folded + p.Filtered + p.Rejected));
        Assert.All(facts.Pipelines, p => Assert.Equal(p.Rejected, p.RejectedByReason.Values.Sum()));
        Assert.All(facts.Pipelines, p => Assert.InRange(p.WithChanges, 0, p.Matched));
        Assert.Equal(rows, facts["communications"].Read);
    }

    [Fact]
    public async Task Facts_OfDemo_HaveTheStatedProportions()
    {
        SampleFacts facts = await new SampleGenerator(SampleOptions.Demo).CountAsync(SampleFiles.Token);

        Assert.Equal([300, 1_000, 500, 10_000], facts.Pipelines.Select(p => p.Read));
        PipelineFacts all = facts["communications"];
        Assert.InRange(all.Matched, 8_300, 8_900);
        Assert.InRange(all.Unmatched, 1_000, 1_400);
        Assert.InRange(all.WithChanges, all.Matched * 25 / 100, all.Matched * 40 / 100);
    }

    [Fact]
    public async Task Write_Directory_HoldsAllFilesAndFacts()
    {
        string directory = Directory.CreateTempSubdirectory("recon-sample-").FullName;
        try
        {
            SampleOptions options = new() { Rows = 500 };
            SampleFacts facts = await new SampleGenerator(options).WriteAsync(directory, SampleFiles.Token);

            IEnumerable<string> expected =
                [.. SampleGenerator.BronzeFiles, .. MirrorSchema.Tables.Select(table => table.FileName), "expected.json", "mirror.sql"];
            Assert.Equal(expected.Order(StringComparer.Ordinal), Directory.GetFiles(directory).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));
            Assert.Equal(facts.ToJson(), await File.ReadAllTextAsync(Path.Combine(directory, "expected.json"), SampleFiles.Token));
            byte[] companies = await File.ReadAllBytesAsync(Path.Combine(directory, "Bronze_Company.csv"), SampleFiles.Token);
            Assert.Equal(await SampleFiles.BronzeAsync(options, "Bronze_Company.csv"), companies);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    public void Generator_NoRows_IsRefused(long rows)
        => Assert.Throws<ArgumentOutOfRangeException>(() => new SampleGenerator(new SampleOptions { Rows = rows }));

    [Fact]
    public void MirrorSql_Drops_OnlyItsOwnTables()
    {
        string[] drops = [.. MirrorSchema.PsqlScript.Split('\n').Where(line => line.Contains("drop", StringComparison.OrdinalIgnoreCase))];

        Assert.Equal(MirrorSchema.Tables.Select(table => $"drop table if exists hubspot.{table.Name};"), drops);
    }
}

using Recon.Dataflow.Tests.Extract.Cuts;
using Recon.Postgres.Checks;
using Recon.Testing;

namespace Recon.Postgres.Tests.Checks;

public sealed class InputCheckTests(PostgresServer server) : IAsyncLifetime
{
    private CheckBench _bench = null!;

    public async ValueTask InitializeAsync() => _bench = await CheckBench.CreateAsync(server, mirror: false);

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Input_Good_IsOkWithItsSize()
    {
        CheckReport report = await _bench.CheckFilesAsync();
        report.IsClean();
        Assert.StartsWith("in.csv, 42 bytes", report.One(FindingSeverity.Ok, "input").Message, StringComparison.Ordinal);
        Assert.Contains("first 2 records can be read and converted", report.One(FindingSeverity.Ok, "records").Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Input_Missing_IsAnErrorAtItsPath()
    {
        Finding finding = (await _bench.CheckFilesAsync(CheckBench.With(("in.csv", "im.csv")))).Only(FindingSeverity.Error, "input");
        Assert.Contains("Did you mean in.csv?", finding.Message, StringComparison.Ordinal);
        Assert.EndsWith("pipeline.json:6:34 $.pipelines[0].blocks[0].path", finding.Place, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Header_LacksColumns_NamesAllWithSuggestions()
    {
        await _bench.WriteAsync("in.csv", "Id,Nam,Staf\n1,a,2\n");
        Finding finding = (await _bench.CheckFilesAsync()).Only(FindingSeverity.Error, "input");
        Assert.Contains("'Name' (did you mean 'Nam'?), 'Staff' (did you mean 'Staf'?)", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Header_InOtherCase_IsOk()
    {
        await _bench.WriteAsync("in.csv", "ID,name,STAFF\n1,a,2\n");
        (await _bench.CheckFilesAsync()).IsClean();
    }

    [Fact]
    public async Task Header_LacksOptionalColumn_IsOkAndSaysSo()
    {
        await _bench.WriteAsync("in.csv", "Id,Name\n1,a\n");
        CheckReport report = await _bench.CheckFilesAsync(CheckBench.With(("[\"integer\"]", "[\"integer\"], \"optional\": true")));
        report.IsClean();
        report.One(FindingSeverity.Ok, "column Staff");
    }

    [Fact]
    public async Task Texts_CutAtALength_AreAWarningWithColumnAndLength()
    {
        var made = new MadeTexts(14);
        string[] texts = [.. Enumerable.Range(1, 240).Select(
            row => made.Prose(row % 2 == 0 ? 500 : 20 + row).Replace("😀", "ab", StringComparison.Ordinal).ReplaceLineEndings(" "))];
        await _bench.WriteAsync("in.csv", "Id,Name,Staff\n" + string.Concat(
            texts.Select((text, row) => $"{row},\"{text[..Math.Min(300, text.Length)]}\",1\n")));
        Finding finding = (await _bench.CheckFilesAsync()).Only(FindingSeverity.Warning, "column Name");
        Assert.StartsWith("Its texts look cut at 300 characters (", finding.Message, StringComparison.Ordinal);
        Assert.Contains("\"onTruncated\"", finding.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Encoding_Invalid_IsAnErrorWithTheOffset()
    {
        await _bench.WriteAsync("in.csv", [.. "Id,Name,Staff\n1,caf"u8, 0xE9, .. ",2\n"u8]);
        Assert.Contains("19", (await _bench.CheckFilesAsync()).Only(FindingSeverity.Error, "input").Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HeaderAndEncoding_BothWrong_AreBothReported()
    {
        await _bench.WriteAsync("in.csv", [.. "Id,Nam,Staff\n1,caf"u8, 0xE9, .. ",2\n"u8]);
        CheckReport report = await _bench.CheckFilesAsync();
        Assert.Equal(2, report.Errors);
        Assert.Contains("in.csv: the header lacks 1 of the columns that the definition uses: 'Name'", report.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Records_Rejected_AreSummedUpByReason()
    {
        await _bench.WriteAsync("in.csv", "Id,Name,Staff\n1,a,1\n2,b\n3,c\nx,d,4\n");
        Finding finding = (await _bench.CheckFilesAsync()).Only(FindingSeverity.Error, "records");
        Assert.StartsWith("3 of the first 4 records would be rejected: 2 field-count (first on line 3), 1 id-malformed (first on line 5). maxRejects (5%) is exceeded", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Values_FailingTheirConversion_AreCountedAtTheProperty()
    {
        await _bench.WriteAsync("in.csv", "Id,Name,Staff\n1,a,secret\n2,b,2.5\n3,c,3\n");
        CheckReport report = await _bench.CheckFilesAsync();
        Finding[] values = [.. report.Findings.Where(finding => finding.Subject == "property employees")];
        Assert.Equal(2, values.Length);
        Assert.All(values, finding => Assert.Equal("$.pipelines[0].blocks[3].properties[1]", finding.At.JsonPath));
        Assert.Contains("1 of the first 3 records", values[0].Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", report.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Records_BeyondTheLimit_AreNotRead()
    {
        await _bench.WriteAsync("in.csv", "Id,Name,Staff\n1,a,1\n2,b,2\nx,c,3\n");
        CheckReport report = await _bench.CheckFilesAsync(options: new CheckOptions { Records = 2 });
        report.IsClean();
        Assert.Contains("first 2 records", report.One(FindingSeverity.Ok, "records").Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Records_None_IsAWarning()
    {
        await _bench.WriteAsync("in.csv", "Id,Name,Staff\n");
        (await _bench.CheckFilesAsync()).Only(FindingSeverity.Warning, "records");
    }

    [Fact]
    public async Task Records_AllExcluded_IsAWarning()
    {
        string definition = CheckBench.With(("\"idType\": \"number\"", "\"exclude\": [{ \"column\": \"Name\", \"isNull\": false }]"));
        Finding finding = (await _bench.CheckFilesAsync(definition)).Only(FindingSeverity.Warning, "exclude");
        Assert.Contains("All of the first 2 records", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_Mojibake_IsAWarning()
    {
        await _bench.WriteAsync("in.csv", "Id,Name,Staff\n1,SociÃ©tÃ© gÃ©nÃ©rale,1\n");
        Finding finding = (await _bench.CheckFilesAsync()).Only(FindingSeverity.Warning, "damaged text");
        Assert.Contains("1 value of Name looks like UTF-8 that was once read as Latin-1", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MapFile_Good_IsOk()
    {
        await _bench.WriteAsync("map.csv", "from,to\nCompany 1,One\nCompany 2,Two\n");
        CheckReport report = await _bench.CheckFilesAsync(WithMap);
        report.IsClean();
        report.One(FindingSeverity.Ok, "map file");
    }

    [Fact]
    public async Task MapFile_Missing_IsAnErrorAtItsPathAndRecordsAreStillRead()
    {
        CheckReport report = await _bench.CheckFilesAsync(WithMap);
        Finding finding = report.Only(FindingSeverity.Error, "map file");
        Assert.Equal("$.pipelines[0].blocks[3].properties[0].convert[0].path", finding.At.JsonPath);
        report.One(FindingSeverity.Ok, "records");
    }

    [Fact]
    public async Task MapFile_OfTheMirrorMissing_IsOneErrorAtItsPath()
    {
        await using CheckBench bench = await CheckBench.CreateAsync(server);
        string definition = CheckBench.With(
            ("\"column\": \"Name\"", "\"column\": \"Name\", \"mirror\": { \"convert\": [{ \"kind\": \"map-file\", \"path\": \"map.csv\" }] }"));
        await bench.WriteAsync("in.csv", "Id,Name,Staff\n1,Company 1,1\n");

        CheckReport report = await bench.CheckAsync(definition);

        Finding finding = Assert.Single(report.Findings, finding => finding.Message.Contains("map.csv", StringComparison.Ordinal));
        Assert.Equal(FindingSeverity.Error, finding.Severity);
        Assert.Equal("$.pipelines[0].blocks[3].properties[0].mirror.convert[0].path", finding.At.JsonPath);
    }

    [Fact]
    public async Task StandardInput_IsLeftAlone()
    {
        CheckReport report = await _bench.CheckFilesAsync(CheckBench.With(("in.csv", "-")));
        report.IsClean();
        Assert.Contains("standard input", report.One(FindingSeverity.Ok, "input").Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Definition_WithProblems_ReportsThem()
    {
        CheckReport report = await _bench.CheckFilesAsync(CheckBench.With(("\"rows\"", "\"rowz\""), ("\"key\"", "\"kay\"")));
        Assert.True(report.Findings.Count >= 2);
        Assert.All(report.Findings, finding => Assert.Equal("definition", finding.Subject));
        Assert.Equal(2, report.ExitCode);
    }

    private static string WithMap => CheckBench.With(
        ("\"column\": \"Name\"", "\"column\": \"Name\", \"convert\": [{ \"kind\": \"map-file\", \"path\": \"map.csv\" }]"));

    [Fact]
    public async Task Object_OfNeitherTableNorPipeline_IsAnError()
    {
        await using CheckBench bench = await CheckBench.CreateAsync(server, mirror: false);

        CheckReport named = await bench.CheckFilesAsync(CheckBench.With(("\"name\": \"companies\"", "\"name\": \"clients\"")));
        CheckReport unnamed = await bench.CheckFilesAsync(CheckBench.With(
            ("\"name\": \"companies\"", "\"name\": \"clients\""), ("hubspot.companies", "hubspot.firms")));

        Assert.Contains("companies in HubSpot", named.One(FindingSeverity.Ok, "object").Message, StringComparison.Ordinal);
        Assert.Contains("neither hubspot.firms nor 'clients'", unnamed.One(FindingSeverity.Error, "object").Message, StringComparison.Ordinal);
    }
}

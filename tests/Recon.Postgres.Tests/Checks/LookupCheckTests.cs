using Recon.Postgres.Checks;
using Recon.Testing;

namespace Recon.Postgres.Tests.Checks;

public sealed class LookupCheckTests(PostgresServer server) : IAsyncLifetime
{
    private const string Many = """
        insert into hubspot.companies select 100000 + n, (100000 + n)::text, 'Company', n, 'b' || n || '@example.com'
            from generate_series(1, 20000) n;
        analyze hubspot.companies;
        """;

    private CheckBench _bench = null!;

    private static string WithFallback => CheckBench.With((
        "{ \"kind\": \"diff\",",
        "{ \"kind\": \"lookup\", \"name\": \"mail\", \"role\": \"fallback\", \"on\": [{ \"column\": \"Name\", \"property\": \"email\", \"ignoreCase\": true }] }, { \"kind\": \"diff\","));

    private static string WithParent => CheckBench.With((
        "{ \"kind\": \"diff\",",
        "{ \"kind\": \"lookup\", \"name\": \"owner\", \"role\": \"parent\", \"table\": \"hubspot.owners\", \"key\": \"legacy\", \"from\": \"Staff\" }, { \"kind\": \"diff\","));

    public async ValueTask InitializeAsync() => _bench = await CheckBench.CreateAsync(server);

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Index_OfALargeTable_IsUsedAndNamed()
    {
        await _bench.Database.ExecuteAsync(Many);
        CheckReport report = await _bench.CheckAsync();
        report.IsClean();
        Assert.Contains("Scan", report.One(FindingSeverity.Ok, "index").Message, StringComparison.Ordinal);
        Assert.Contains("using companies_legacy_id_idx", report.One(FindingSeverity.Ok, "index").Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Index_MissingOnALargeTable_IsAWarningWithTheScanAndWorkingSql()
    {
        await _bench.Database.ExecuteAsync(Many + "drop index hubspot.companies_legacy_id_idx");
        Finding finding = (await _bench.CheckAsync()).Only(FindingSeverity.Warning, "index");
        Assert.Contains("EXPLAIN shows: Seq Scan on companies", finding.Message, StringComparison.Ordinal);
        Assert.Equal("create index concurrently on \"hubspot\".\"companies\" (\"legacy_id\");", finding.Fix);
        Assert.Equal("$.pipelines[0].blocks[2].key", finding.At.JsonPath);
        await _bench.Database.ExecuteAsync(finding.Fix!);
        (await _bench.CheckAsync()).IsClean();
    }

    [Fact]
    public async Task Index_OfAKindThatCannotServe_IsAWarning()
    {
        await _bench.Database.ExecuteAsync(Many + "drop index hubspot.companies_legacy_id_idx; create index on hubspot.companies using brin (legacy_id); create index on hubspot.companies (legacy_id text_pattern_ops) where legacy_id is not null and employees < 0");
        await _bench.Database.ExecuteAsync("drop index hubspot.companies_legacy_id_idx");
        Finding finding = (await _bench.CheckAsync()).Only(FindingSeverity.Warning, "index");
        Assert.Contains("cannot serve this query. EXPLAIN shows: Seq Scan", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Index_OfAPartitionedTable_SqlWorksThere()
    {
        await _bench.Database.ExecuteAsync("""
            create table hubspot.parts (like hubspot.companies) partition by hash (hs_object_id);
            create table hubspot.part0 partition of hubspot.parts for values with (modulus 1, remainder 0);
            insert into hubspot.parts select * from hubspot.companies;
            analyze hubspot.parts;
            """);
        string definition = CheckBench.With(("hubspot.companies", "hubspot.parts"));
        await _bench.Database.ExecuteAsync((await _bench.CheckAsync(definition)).Only(FindingSeverity.Warning, "index").Fix!);
        (await _bench.CheckAsync(definition)).IsClean();
    }

    [Fact]
    public async Task View_OverAnIndexedTable_IsOk()
    {
        await _bench.Database.ExecuteAsync(Many + "create view hubspot.shown as select * from hubspot.companies");
        (await _bench.CheckAsync(CheckBench.With(("hubspot.companies", "hubspot.shown")))).IsClean();
    }

    [Fact]
    public async Task Fallback_IgnoringCaseWithoutExpressionIndex_IsAWarningWithWorkingSql()
    {
        await _bench.Database.ExecuteAsync(Many);
        Finding finding = (await _bench.CheckAsync(WithFallback)).Only(FindingSeverity.Warning, "index");
        Assert.Contains("(lower(\"email\"))", finding.Fix, StringComparison.Ordinal);
        Assert.Equal("$.pipelines[0].blocks[3].on[0].property", finding.At.JsonPath);
        await _bench.Database.ExecuteAsync(finding.Fix! + " analyze hubspot.companies");
        (await _bench.CheckAsync(WithFallback)).IsClean();
    }

    [Fact]
    public async Task Fallback_IgnoringCaseOfANumber_IsAnError()
        => (await _bench.CheckAsync(WithFallback.Replace("\"email\"", "\"employees\"", StringComparison.Ordinal)))
            .Only(FindingSeverity.Error, "column hubspot.companies.employees");

    [Theory]
    [InlineData("boolean", FindingSeverity.Error)]
    [InlineData("jsonb", FindingSeverity.Error)]
    [InlineData("uuid", FindingSeverity.Error)]
    [InlineData("float8", FindingSeverity.Warning)]
    public async Task Key_OfAnUnsuitableType_IsReported(string type, object severity)
    {
        await _bench.Database.ExecuteAsync($"alter table hubspot.companies add odd {type}; create index on hubspot.companies (odd)");
        (await _bench.CheckAsync(CheckBench.With(("\"key\": \"legacy_id\"", "\"key\": \"odd\"")))).Only((FindingSeverity)severity, "column hubspot.companies.odd");
    }

    [Fact]
    public async Task Key_OfAnEnum_IsAnErrorOfTheServer()
    {
        await _bench.Database.ExecuteAsync("create type kind as enum ('a'); alter table hubspot.companies add odd kind");
        Finding finding = (await _bench.CheckAsync(CheckBench.With(("\"key\": \"legacy_id\"", "\"key\": \"odd\"")))).One(FindingSeverity.Error, "column hubspot.companies.odd");
        Assert.Contains("42883", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_IntegerWhileIdsAreText_IsAWarning()
    {
        await _bench.Database.ExecuteAsync("alter table hubspot.companies alter legacy_id type bigint using legacy_id::bigint");
        Finding finding = (await _bench.CheckAsync(CheckBench.With((", \"idType\": \"number\"", "")))).Only(FindingSeverity.Warning, "column hubspot.companies.legacy_id");
        Assert.Contains("plain digits", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_IntegerWhileIdsAreNumbers_IsOk()
    {
        await _bench.Database.ExecuteAsync("alter table hubspot.companies alter legacy_id type bigint using legacy_id::bigint");
        (await _bench.CheckAsync()).IsClean();
    }

    [Fact]
    public async Task Keys_NotCanonical_AreCountedWithoutShowingThem()
    {
        await _bench.Database.ExecuteAsync("""
            insert into hubspot.companies (hs_object_id, legacy_id) values
                (1, ' 9087771'), (2, U&'9087772\00A0'), (3, '9087773.0'), (4, 'K9087774'), (5, null), (6, '009087775');
            """);
        CheckReport report = await _bench.CheckAsync();
        Finding finding = report.Only(FindingSeverity.Warning, "keys");
        Assert.Contains("4 keys are not canonical (3 have white space around the digits or a .0 tail, 1 are not digits only)", finding.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("908777", report.Text().Replace(_bench.Folder, "", StringComparison.Ordinal).Replace(_bench.Database.Name, "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_PaddedTexts_AreCounted()
    {
        await _bench.Database.ExecuteAsync("insert into hubspot.companies (hs_object_id, legacy_id) values (1, 'A1 '), (2, 'x.0'), (3, 'a b')");
        Finding finding = (await _bench.CheckAsync(CheckBench.With((", \"idType\": \"number\"", "")))).Only(FindingSeverity.Warning, "keys");
        Assert.StartsWith("1 key is not canonical (white space", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_OutsideOfKeep_DoNotCount()
    {
        await _bench.Database.ExecuteAsync("insert into hubspot.companies (hs_object_id, legacy_id, archived) values (1, ' 1', true), (2, '5', true)");
        (await _bench.CheckAsync()).IsClean();
    }

    [Fact]
    public async Task Keys_OnSeveralRows_AreCounted()
    {
        await _bench.Database.ExecuteAsync("insert into hubspot.companies (hs_object_id, legacy_id) values (1, '5'), (2, '5'), (3, '6')");
        Finding finding = (await _bench.CheckAsync()).Only(FindingSeverity.Warning, "repeated keys");
        Assert.StartsWith("2 keys occur in 5 rows: their legacy records will be staged as ambiguous", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_SlowToCount_AreReportedAsNotChecked()
    {
        await _bench.Database.ExecuteAsync("""
            create function hubspot.slow() returns boolean language sql volatile as 'select pg_sleep(1) is not null';
            create view hubspot.shown as select * from hubspot.companies where hubspot.slow();
            """);
        CheckReport report = await _bench.CheckAsync(
            CheckBench.With(("hubspot.companies", "hubspot.shown")), new CheckOptions { ScanTimeout = TimeSpan.FromMilliseconds(50) });
        Assert.Contains("Not checked: the question took longer than 0.05 s", report.One(FindingSeverity.Warning, "keys").Message, StringComparison.Ordinal);
        report.One(FindingSeverity.Warning, "repeated keys");
        Assert.Equal(0, report.ExitCode);
    }

    [Fact]
    public async Task Id_OfTextWithOtherThanIntegers_IsAnError()
    {
        await _bench.Database.ExecuteAsync("alter table hubspot.companies alter hs_object_id type text; insert into hubspot.companies (hs_object_id, legacy_id) values ('hs-1', '900')");
        Finding finding = (await _bench.CheckAsync()).Only(FindingSeverity.Error, "ids in");
        Assert.StartsWith("1 row has a key but no integer", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Id_Null_IsAnError()
    {
        await _bench.Database.ExecuteAsync("insert into hubspot.companies (hs_object_id, legacy_id) values (null, '900')");
        (await _bench.CheckAsync()).Only(FindingSeverity.Error, "ids in");
    }

    [Fact]
    public async Task Id_OfTypeBoolean_IsAnError()
        => (await _bench.CheckAsync(CheckBench.With(("\"key\": \"legacy_id\"", "\"key\": \"legacy_id\", \"id\": \"archived\""))))
            .Only(FindingSeverity.Error, "column hubspot.companies.archived");

    [Fact]
    public async Task Id_OfTypeInteger_IsAWarning()
    {
        await _bench.Database.ExecuteAsync("alter table hubspot.companies alter hs_object_id type integer");
        (await _bench.CheckAsync()).Only(FindingSeverity.Warning, "column hubspot.companies.hs_object_id");
    }

    [Theory]
    [InlineData("alter table hubspot.companies add primary key (id)", "the table's primary key is \"id\".")]
    [InlineData("alter table hubspot.companies add owner bigint", "of type bigint: \"id\", \"owner\".")]
    [InlineData("alter table hubspot.companies add primary key (id, legacy_id)", "of type bigint: \"id\".")]
    [InlineData("alter table hubspot.companies alter id type text", "nor a column of type bigint.")]
    public async Task Id_NotGivenAndNotThere_SaysWhichColumnItMayBe(string change, string advice)
    {
        await _bench.Database.ExecuteAsync("alter table hubspot.companies rename hs_object_id to id; " + change);
        Finding finding = (await _bench.CheckAsync()).Only(FindingSeverity.Error, "column hubspot.companies.hs_object_id");
        Assert.Equal("$.pipelines[0].blocks[2]", finding.At.JsonPath);
        Assert.StartsWith("Set \"id\" of the lookup to ", finding.Fix, StringComparison.Ordinal);
        Assert.EndsWith(advice, finding.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parent_TableMissing_IsAnErrorAndTheMatchIsStillChecked()
    {
        CheckReport report = await _bench.CheckAsync(WithParent);
        report.Only(FindingSeverity.Error, "table hubspot.owners");
        report.One(FindingSeverity.Ok, "index on hubspot.companies.legacy_id");
    }

    [Fact]
    public async Task Parent_KeysRepeated_SaysWhatItMeansForChildren()
    {
        await _bench.Database.ExecuteAsync("""
            create table hubspot.owners (hs_object_id bigint, legacy integer);
            create index on hubspot.owners (legacy);
            insert into hubspot.owners values (1, 1), (2, 1);
            analyze hubspot.owners;
            """);
        Finding finding = (await _bench.CheckAsync(WithParent)).Only(FindingSeverity.Warning, "repeated keys in hubspot.owners.legacy");
        Assert.Contains("children of these parents", finding.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("integer", "1", "1", FindingSeverity.Ok, "They are read as numbers: the key column holds numbers.")]
    [InlineData("text", "1.0", "1", FindingSeverity.Ok, "They are read as numbers: all ids seen on both sides are digits.")]
    [InlineData("text", "A1", "A1", FindingSeverity.Ok, "They are read as texts: not all ids seen are digits.")]
    [InlineData("integer", "A1", "1", FindingSeverity.Warning, "Nearly no parent can be found: 2 of the first 2 ids in Owner cannot be in hubspot.owners.legacy, which holds numbers only; check \"from\" and \"key\".")]
    [InlineData("text", "1", "A1", FindingSeverity.Warning, "Nearly no parent can be found: the ids in Owner are digits, and those in hubspot.owners.legacy are not; check \"from\" and \"key\".")]
    public async Task Parent_WithoutType_IsToldHowItIsRead(string type, string id, string key, object severity, string expected)
    {
        await _bench.WriteAsync("in.csv", $"Id,Name,Staff,Owner\n1,Company 1,1,{id}\n2,Company 2,2,{id}\n");
        await _bench.Database.ExecuteAsync($"""
            create table hubspot.owners (hs_object_id bigint, legacy {type});
            create index on hubspot.owners (legacy);
            insert into hubspot.owners values (1, '{key}');
            analyze hubspot.owners;
            """);
        CheckReport report = await _bench.CheckAsync(WithParent.Replace("\"from\": \"Staff\"", "\"from\": \"Owner\"", StringComparison.Ordinal));
        Assert.Equal(expected, report.One((FindingSeverity)severity, "parent owner").Message);
    }

    [Fact]
    public async Task Parent_WithATypeThatItsIdsAreNotOf_IsAWarning()
    {
        await _bench.WriteAsync("in.csv", "Id,Name,Staff,Owner\n1,Company 1,1,A1\n");
        await _bench.Database.ExecuteAsync("create table hubspot.owners (hs_object_id bigint, legacy text)");
        CheckReport report = await _bench.CheckAsync(WithParent.Replace("\"from\": \"Staff\"", "\"from\": \"Owner\", \"fromType\": \"number\"", StringComparison.Ordinal));
        Assert.Contains("as \"fromType\": \"number\" asks for", report.One(FindingSeverity.Warning, "parent owner").Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"phone\"", "right(regexp_replace(substring(\"email\"::text from")]
    [InlineData("\"email\"", "lower(regexp_replace(\"email\"::text, ")]
    [InlineData("\"domain\"", "regexp_replace(lower(regexp_replace(substring(")]
    [InlineData("\"trim\", \"lower\"", "lower(regexp_replace(\"email\"::text, ")]
    [InlineData("\"digits\"", "regexp_replace(\"email\"::text, '[^0-9]+', '', 'g')")]
    public async Task Fallback_ConvertedKeyWithoutExpressionIndex_IsAWarningWithWorkingSql(string convert, string expression)
    {
        await _bench.Database.ExecuteAsync(Many + "create index on hubspot.companies (email)");
        string definition = WithFallback.Replace("\"ignoreCase\": true", $"\"convert\": [{convert}]", StringComparison.Ordinal);
        Finding finding = (await _bench.CheckAsync(definition)).One(FindingSeverity.Warning, "index");
        Assert.Contains(expression, finding.Fix, StringComparison.Ordinal);
        await _bench.Database.ExecuteAsync(finding.Fix! + " analyze hubspot.companies");
        Assert.Contains("EXPLAIN shows", (await _bench.CheckAsync(definition)).One(FindingSeverity.Ok, "index on hubspot.companies.email").Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fallback_ConversionThatSqlHasNoWordFor_IsAnError()
    {
        string definition = WithFallback.Replace("\"ignoreCase\": true", "\"convert\": [\"html\"]", StringComparison.Ordinal);
        Finding finding = (await _bench.CheckAsync(definition)).Only(FindingSeverity.Error, "column hubspot.companies.email");
        Assert.Contains("Use the strategy \"cache\", or \"convertMirror\": false", finding.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("trim", "substring(\"legacy_id\" from '[0-9]+')")]
    [InlineData("no-leading-zeros", "substring(\"legacy_id\" from '0*([0-9]+)')")]
    public async Task Key_WithAForm_NeedsAnIndexOnItsExpression(string form, string expression)
    {
        await _bench.Database.ExecuteAsync(Many);
        string definition = CheckBench.With(("\"idType\": \"number\"", $"\"idType\": \"number\", \"idForm\": \"{form}\""));
        Finding finding = (await _bench.CheckAsync(definition)).Only(FindingSeverity.Warning, "index");
        Assert.Equal($"create index concurrently on \"hubspot\".\"companies\" (({expression}));", finding.Fix);
        await _bench.Database.ExecuteAsync(finding.Fix! + " analyze hubspot.companies");
        (await _bench.CheckAsync(definition)).IsClean();
    }

    [Fact]
    public async Task Sample_IdsThatAFormWouldFind_AreTold()
    {
        await _bench.WriteAsync("in.csv", "Id,Name,Staff\n001,Company 1,1\n002,Company 2,2\n3,Company 3,3\n");
        Assert.Equal(
            "Of the first 3 records: 2 of 2 ids in Id that were not found are in hubspot.companies.legacy_id with more or fewer leading zeros: \"idForm\": \"no-leading-zeros\" of the csv block finds them.",
            (await _bench.CheckAsync()).Only(FindingSeverity.Warning, "lookup lookup").Message);
    }

    [Fact]
    public async Task Sample_FallbackThatFindsNothing_IsNamed()
    {
        await _bench.WriteAsync("in.csv", "Id,Name,Staff\n" + string.Concat(Enumerable.Range(100, 30).Select(n => $"{n},x{n}@x.fr,1\n")));
        Assert.StartsWith(
            "Of the first 30 records: fallback 'mail' found nothing for 30 records",
            (await _bench.CheckAsync(WithFallback)).One(FindingSeverity.Warning, "lookup mail").Message,
            StringComparison.Ordinal);
    }

    // A run folds repeats before its gates judge, so that a share near its limit comes out otherwise.
    [Theory]
    [InlineData("50%", "1,Company 1,1", "2,Company 2,2", "900,x,1", "900,x,1", "900,x,1", null)]
    [InlineData("50%", "1,Company 1,1", "2,Company 2,2", "900,x,1", "901,x,1", "902,x,1", "3 of 5 rows are unmatched")]
    [InlineData("45%", "1,Company 1,1", "1,Company A,1", "2,Company 2,2", "900,x,1", "901,x,1", "2 of 4 rows are unmatched")]
    public async Task Gate_OfAWholeInput_IsJudgedAsARunJudges(
        string limit, string first, string second, string third, string fourth, string fifth, string? finding)
    {
        await _bench.WriteAsync("in.csv", $"Id,Name,Staff\n{first}\n{second}\n{third}\n{fourth}\n{fifth}\n");
        CheckReport report = await _bench.CheckAsync(CheckBench.With(("\"name\": \"companies\",", $"\"name\": \"companies\", \"maxUnmatched\": \"{limit}\",")));
        Assert.Equal(finding is null ? 0 : 2, report.ExitCode);
        Assert.Equal(
            finding is null ? [] : [$"A run will publish nothing: {finding}."],
            report.Findings.Where(each => each.Subject == "maxUnmatched").Select(each => each.Message));
    }
}

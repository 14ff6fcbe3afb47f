using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Recon.Cli.Hosting;
using Recon.Cli.Rendering;
using Recon.Cli.Tests.Support;
using Recon.Dataflow.Explain;
using Recon.Testing;

namespace Recon.Cli.Tests.Commands;

public sealed class InitCommandTests(PostgresServer server) : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Definition => _folder.File("pipeline.json");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Init_AllFourObjects_FindsWhatTheShippedDefinitionFinds()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        (string File, string Name)[] objects = [("Company", "companies"), ("Person", "contacts"), ("Opportunity", "deals"), ("Communication", "communications")];
        foreach ((string file, string name) in objects)
        {
            _folder.AddBronze($"Bronze_{file}.csv");
            CliRun init = await InitAsync(database, "--csv", _folder.File($"bronze_layer/Bronze_{file}.csv"), "--name", name, "--into", Definition);
            Assert.True(init.ExitCode == 0, init.Error + init.Out);
        }

        CliRun tests = await CliRun.OfAsync("check", "--tests", "--definition", Definition);
        CliRun run = await CliRun.OfAsync("run", "--json", "--quiet", "--definition", Definition, "--postgres", database.ConnectionString);

        Assert.True(tests.ExitCode == 0, tests.Out + tests.Error);
        Assert.Contains("4 passed, 0 failed.", tests.Out, StringComparison.Ordinal);
        using JsonDocument document = JsonDocument.Parse(run.Out);
        Assert.Equal(
            [("companies", 255, 24, 2, 2), ("contacts", 864, 114, 2, 2), ("deals", 412, 68, 2, 2), ("communications", 8756, 1198, 5, 5)],
            document.RootElement.GetProperty("runs").EnumerateArray().Select(each => (
                each.GetProperty("pipeline").GetString()!,
                each.GetProperty("matched").GetInt32(),
                each.GetProperty("unmatched").GetInt32(),
                each.GetProperty("ambiguous").GetInt32(),
                each.GetProperty("conflict").GetInt32())));
    }

    [Fact]
    public async Task Init_Json_HasTheNamesOfTheContract()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        _folder.AddBronze("Bronze_Person.csv");

        CliRun run = await InitAsync(database, "--csv", _folder.File("bronze_layer/Bronze_Person.csv"), "--table", "hubspot.contacts", "--into", "-", "--json");

        Assert.True(run.ExitCode == 0, run.Error);
        using JsonDocument document = JsonDocument.Parse(run.Out);
        JsonElement root = document.RootElement;
        Assert.Equal("utf-8", root.GetProperty("csv").GetProperty("encoding").GetString());
        Assert.Equal(",", root.GetProperty("csv").GetProperty("delimiter").GetString());
        Assert.True(root.GetProperty("csv").GetProperty("header").GetBoolean());
        JsonElement defaults = root.GetProperty("defaults");
        Assert.Equal(("Europe/Paris", "FR"), (defaults.GetProperty("time_zone").GetString(), defaults.GetProperty("phone_region").GetString()));
        Assert.Contains("NULL", defaults.GetProperty("nulls").EnumerateArray().Select(spelling => spelling.GetString()));
        Assert.Equal("Pers_PersonId", root.GetProperty("id").GetProperty("column").GetString());
        Assert.Equal("icalps_contact_id", root.GetProperty("id").GetProperty("key").GetString());
        Assert.InRange(root.GetProperty("id").GetProperty("shared").GetInt64(), 800, 900);
        JsonElement email = root.GetProperty("properties").EnumerateArray().Single(property => property.GetProperty("property").GetString() == "email");
        Assert.Equal("Pers_EmailAddress", email.GetProperty("column").GetString());
        Assert.Equal("email", Assert.Single(email.GetProperty("convert").EnumerateArray()).GetString());
        Assert.Equal("email", email.GetProperty("compare").GetString());
        Assert.True(email.GetProperty("certain").GetBoolean());
        Assert.InRange(email.GetProperty("agree").GetInt64(), 700, email.GetProperty("pairs").GetInt64());
        JsonElement parent = Assert.Single(root.GetProperty("parents").EnumerateArray());
        Assert.Equal(("Comp_CompanyId", "hubspot.companies"), (parent.GetProperty("column").GetString(), parent.GetProperty("table").GetString()));
        Assert.Contains("Pers_CreatedDate", root.GetProperty("unmapped").EnumerateArray().Select(column => column.GetString()));
        Assert.Equal(JsonValueKind.Null, root.GetProperty("definition").ValueKind);
    }

    [Fact]
    public async Task Init_JsonInAFolderWithoutDefinition_WritesOneAndTells()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await using CliProcess process = CliProcess.Start(
            _folder.Path, [], "init", "--csv", Repository.Shipped("Bronze_Company.csv"), "--table", "hubspot.companies", "--json", "--postgres", database.ConnectionString);

        CliRun run = await process.EndAsync();

        Assert.True(run.ExitCode == 0, run.Error);
        using JsonDocument document = JsonDocument.Parse(run.Out);
        Assert.Equal("pipeline.json", document.RootElement.GetProperty("definition").GetString());
        Assert.Equal(0, document.RootElement.GetProperty("check").GetProperty("errors").GetInt32());
        Assert.Contains("\"allowPathsOutside\": true", await File.ReadAllTextAsync(Definition), StringComparison.Ordinal);
        Assert.Contains("lies outside of the folder", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Init_JsonWhereThereIsADefinition_WritesNothing()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await File.WriteAllTextAsync(Definition, "not a definition");
        await using CliProcess process = CliProcess.Start(
            _folder.Path, [], "init", "--csv", Repository.Shipped("Bronze_Company.csv"), "--table", "hubspot.companies", "--json", "--postgres", database.ConnectionString);

        CliRun run = await process.EndAsync();

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal("not a definition", await File.ReadAllTextAsync(Definition));
        Assert.Contains("nothing is written", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Init_IntoAnExistingDefinition_ChangesNoOtherByte()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        _folder.AddBronze("Bronze_Person.csv");
        string shipped = await File.ReadAllTextAsync(DemoDatabase.Definition);
        string before = "\uFEFF" + shipped[..shipped.IndexOf("\n    {\n      \"name\": \"contacts\"", StringComparison.Ordinal)].TrimEnd().TrimEnd(',').Replace("\n", "\r\n", StringComparison.Ordinal)
            + " // the last one\r\n  ]\r\n}\r\n";
        await File.WriteAllBytesAsync(Definition, Encoding.UTF8.GetBytes(before));

        CliRun run = await InitAsync(database, "--csv", _folder.File("bronze_layer/Bronze_Person.csv"), "--into", Definition);

        Assert.True(run.ExitCode == 0, run.Error + run.Out);
        string after = Encoding.UTF8.GetString(await File.ReadAllBytesAsync(Definition));
        int at = before.IndexOf(" // the last one", StringComparison.Ordinal);
        int tail = before.IndexOf("\r\n  ]\r\n}\r\n", at, StringComparison.Ordinal);
        Assert.Equal($"{before[..at]},{before[at..tail]}", after[..(tail + 1)]);
        Assert.EndsWith(before[tail..], after, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", after.Replace("\r\n", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("\"nulls\"", after[tail..], StringComparison.Ordinal);
        Assert.Equal(1, after[tail..].Split("\"name\": \"contacts\"").Length - 1);
    }

    [Fact]
    public async Task Init_IntoALinkInTheFolder_AddsToWhatItLeadsTo()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        _folder.AddBronze("Bronze_Company.csv");
        File.Copy(DemoDatabase.Definition, _folder.File("real.json"));
        File.CreateSymbolicLink(_folder.File("link.json"), "real.json");
        await using CliProcess process = CliProcess.Start(
            _folder.Path, [], "init", "--csv", "bronze_layer/Bronze_Company.csv", "--table", "hubspot.companies", "--name", "others", "--into", "link.json", "--postgres", database.ConnectionString);

        CliRun run = await process.EndAsync();

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal("real.json", new FileInfo(_folder.File("link.json")).LinkTarget);
        Assert.Contains("\"name\": \"others\"", await File.ReadAllTextAsync(_folder.File("real.json")), StringComparison.Ordinal);
    }

    // The table's schema ends at the first point.
    [Fact]
    public async Task Init_TableWithAPointInItsName_IsFoundAndTaken()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await database.ExecuteAsync("create schema \"former crm\"; create table \"former crm\".\"My.Table\" as table hubspot.companies; drop table hubspot.companies cascade");
        _folder.AddBronze("Bronze_Company.csv");
        string csv = _folder.File("bronze_layer/Bronze_Company.csv");

        CliRun found = await InitAsync(database, "--csv", csv, "--into", Definition);
        CliRun named = await InitAsync(database, "--csv", csv, "--table", "former crm.My.Table", "--name", "named", "--into", Definition);
        CliRun run = await CliRun.OfAsync("run", "my_table", "--quiet", "--json", "--definition", Definition, "--postgres", database.ConnectionString);

        Assert.True(found.ExitCode == 0, found.Error);
        Assert.True(named.ExitCode == 0, named.Error);
        Assert.True(run.ExitCode == 0, run.Error + run.Out);
        Assert.Equal(2, (await File.ReadAllTextAsync(Definition)).Split("\"table\": \"former crm.My.Table\"").Length - 1);
    }

    [Fact]
    public async Task Init_FolderThatIsMissing_IsRefusedBeforeAnythingElse()
    {
        CliRun run = await CliRun.OfAsync("init", "--csv", "nowhere.csv", "--into", _folder.File("missing/other.json"), "--postgres", "host=127.0.0.1;port=1");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("there is no folder", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("it has no test, as none could be made up")]
    [InlineData("its test passes", true)]
    [InlineData("its test FAILS", false)]
    public void Tested_TestsThatPassOrNot_AreTold(string expected, params bool[] passed)
        => Assert.Equal(expected, InitText.Tested([.. passed.Select(each => new DefinitionTestResult("companies", "some", each ? [] : [new TestDifference("1", "status", "matched", "unmatched")]))]));

    [Theory]
    [InlineData("there is a definition", "There is a definition already", "--csv", "CSV")]
    [InlineData("a name that exists", "has a pipeline 'companies' already", "--csv", "CSV", "--table", "hubspot.companies", "--into", "DEFINITION")]
    [InlineData("no name", "is no name of a pipeline", "--csv", "CSV", "--name", "Not a name", "--into", "OTHER")]
    [InlineData("no table", "takes a schema and a table", "--csv", "CSV", "--table", "companies", "--into", "OTHER")]
    [InlineData("no file", "There is no file", "--csv", "nowhere.csv", "--into", "OTHER")]
    [InlineData("no match", "No file matches", "--csv", "nowhere*.csv", "--into", "OTHER")]
    [InlineData("no folder", "there is no folder", "--csv", "CSV", "--table", "hubspot.companies", "--into", "MISSING")]
    [InlineData("no such table", "hubspot.nowhere", "--csv", "CSV", "--table", "hubspot.nowhere", "--into", "OTHER")]
    [InlineData("outside", "lies outside of the folder", "--csv", "SHIPPED", "--name", "others", "--table", "hubspot.companies", "--into", "DEFINITION")]
    public async Task Init_WhatCannotBe_IsRefusedAndWritesNothing(string what, string message, params string[] args)
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        _folder.AddBronze("Bronze_Company.csv");
        File.Copy(DemoDatabase.Definition, Definition);
        Dictionary<string, string> names = new()
        {
            ["CSV"] = _folder.File("bronze_layer/Bronze_Company.csv"),
            ["SHIPPED"] = Repository.Shipped("Bronze_Company.csv"),
            ["DEFINITION"] = Definition,
            ["OTHER"] = _folder.File("other.json"),
            ["MISSING"] = _folder.File("missing/other.json"),
        };
        byte[] before = await File.ReadAllBytesAsync(Definition);

        CliRun run = await InitAsync(database, ["--definition", Definition, .. args.Select(arg => names.GetValueOrDefault(arg, arg))]);

        Assert.True(run.ExitCode == 2, what + run.Error + run.Out);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(Definition));
        Assert.False(File.Exists(names["OTHER"]));
        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "*.tmp"));
    }

    [Fact]
    public async Task Init_FileThatSharesNoId_IsRefusedWithWhatWasTried()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await File.WriteAllTextAsync(_folder.File("strange.csv"), "ref,label\n" + string.Concat(Enumerable.Range(0, 40).Select(index => $"ZZ-{index},Nobody {index}\n")));

        CliRun run = await InitAsync(database, "--csv", _folder.File("strange.csv"), "--table", "hubspot.companies", "--into", _folder.File("other.json"));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("ref (40 distinct values)", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("other.json")));
    }

    [Fact]
    public async Task Init_SeveralParts_AreOnePattern()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        string[] lines = (await File.ReadAllTextAsync(Repository.Shipped("Bronze_Opportunity.csv"))).Split("\r\n");
        await File.WriteAllTextAsync(_folder.File("deals-1.csv"), string.Join("\r\n", lines[..100]) + "\r\n");
        await File.WriteAllTextAsync(_folder.File("deals-2.csv"), string.Join("\r\n", lines[100..200].Prepend(lines[0].TrimStart('\uFEFF'))) + "\r\n");

        CliRun run = await InitAsync(database, "--csv", _folder.File("deals-1.csv"), _folder.File("deals-2.csv"), "--table", "hubspot.deals", "--into", Definition);

        Assert.True(run.ExitCode == 0, run.Error + run.Out);
        Assert.Contains("\"path\": \"deals-*.csv\"", await File.ReadAllTextAsync(Definition), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("id,name\n1,a\n2,b\n", "no column label and a column name beside")]
    [InlineData("label,id\na,1\nb,2\n", "the columns in another order")]
    [InlineData("id;label\n1;a\n2;b\n", "delimiter ;")]
    public async Task Init_PartsThatDiffer_AreRefusedWithTheDifference(string other, string message)
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await File.WriteAllTextAsync(_folder.File("part-1.csv"), "id,label\n1,a\n2,b\n");
        await File.WriteAllTextAsync(_folder.File("part-2.csv"), other);

        CliRun run = await InitAsync(database, "--csv", _folder.File("part-1.csv"), _folder.File("part-2.csv"), "--table", "hubspot.deals", "--into", Definition);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{0:dd/MM/yyyy}", "{0:MM/dd/yyyy}", 2, "the column Comp_Since is written in another way")]
    [InlineData("0{1}/0{1}/2020", "{0:dd/MM/yyyy}", 0, "dd/MM/yyyy")]
    [InlineData("{0:dd/MM/yyyy}", "0{1}/0{1}/2020", 0, "dd/MM/yyyy")]
    public async Task Init_PartsInWhichAColumnDiffers_AreReadAsAllAreOrRefused(string one, string other, int exit, string told)
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await database.ExecuteAsync("create table hubspot.firms as select 7000000000 + n as hs_object_id, 'F-' || n as legacy_ref, 'Firm ' || encode(sha256(n::text::bytea), 'hex') as name, date '2020-01-01' + n as since from generate_series(1, 200) n");
        foreach ((int part, string format) in ((int, string)[])[(1, one), (2, other)])
        {
            await File.WriteAllLinesAsync(_folder.File($"firms-{part}.csv"), Enumerable.Range((part * 100) - 99, 100)
                .Select(n => $"F-{n},Firm {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{n}")))},{string.Format(CultureInfo.InvariantCulture, format, new DateOnly(2020, 1, 1).AddDays(n), 1 + (n % 9))}")
                .Prepend("Comp_Ref,Comp_Name,Comp_Since"), TestContext.Current.CancellationToken);
        }

        CliRun run = await InitAsync(database, "--csv", _folder.File("firms-1.csv"), _folder.File("firms-2.csv"), "--table", "hubspot.firms", "--into", "-");

        Assert.True(run.ExitCode == exit, run.Error + run.Out);
        Assert.Contains(told, run.Out + run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Init_EncodingThatSomebodyAnswers_ReadsTheNamesInIt()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await database.ExecuteAsync("create schema crm; create table crm.companies as select 7000000000 + n as hs_object_id, 'F-' || n as legacy_ref, 'Firm ' || n as name, 'Town ' || n % 40 as city from generate_series(1, 200) n");
        string text = string.Concat(Enumerable.Range(1, 200).Select(n => $"F-{n};Firm {n};Town {n % 40}\n").Prepend("Comp_Ref;Comp_Name;Comp_Cit\u00E9\n"));
        await File.WriteAllBytesAsync(_folder.File("firms.csv"), Encoding.Latin1.GetBytes(text), TestContext.Current.CancellationToken);

        (CliRun first, _) = await AnsweredAsync(database, "", "--csv", _folder.File("firms.csv"), "--table", "crm.companies", "--into", _folder.File("first.json"));
        (CliRun run, _) = await AnsweredAsync(database, "2\n", "--csv", _folder.File("firms.csv"), "--table", "crm.companies", "--into", _folder.File("second.json"));
        string[] definitions = [await File.ReadAllTextAsync(_folder.File("first.json")), await File.ReadAllTextAsync(_folder.File("second.json"))];

        Assert.True((first.ExitCode, run.ExitCode) == (0, 0), first.Error + run.Error);
        Assert.Contains("In which encoding is", run.Error, StringComparison.Ordinal);
        Assert.Contains("\"Comp_Cit\u00E9\"", definitions[0], StringComparison.Ordinal);
        Assert.DoesNotContain("\"Comp_Cit\u00E9\"", definitions[1], StringComparison.Ordinal);
        Assert.Contains("as somebody answered", definitions[1], StringComparison.Ordinal);
        CliRun check = await CliRun.OfAsync("check", "--definition", _folder.File("second.json"), "--postgres", database.ConnectionString);
        Assert.True(check.ExitCode == 0, check.Out + check.Error);
    }

    [Fact]
    public async Task Init_PatternThatReadsMore_IsRefused()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        foreach (string name in (string[])["part-1.csv", "part-2.csv", "part-3.csv"])
        {
            await File.WriteAllTextAsync(_folder.File(name), "id,label\n1,a\n2,b\n");
        }

        CliRun run = await InitAsync(database, "--csv", _folder.File("part-1.csv"), _folder.File("part-3.csv"), "--table", "hubspot.deals", "--into", Definition);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("part-*.csv would read part-2.csv, too", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Init_FrenchExport_AsksWhatTheDataDoesNotDecide()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        File.Copy(Path.Combine(Repository.Root, "docs", "sample", "own-data", "clients.csv"), _folder.File("clients.csv"));

        // Whether Origine is a property that HubSpot may own: yes. Whether Pays is the country, which all records have: no, after an answer that is none.
        (CliRun run, string definition) = await AnsweredAsync(database, "1\n7\n2\n", "--csv", _folder.File("clients.csv"), "--table", "hubspot.companies", "--into", Definition);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("Is Pays the property country?", run.Error, StringComparison.Ordinal);
        Assert.Contains("\"encoding\": \"windows-1252\"", definition, StringComparison.Ordinal);
        Assert.Contains("// { \"property\": \"country\", \"column\": \"Pays\" }", definition, StringComparison.Ordinal);
        Assert.Contains("{ \"kind\": \"number\", \"culture\": \"fr\" }", definition, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Init_NobodyToAsk_TakesTheLikelierAndSaysSo()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        File.Copy(Path.Combine(Repository.Root, "docs", "sample", "own-data", "clients.csv"), _folder.File("clients.csv"));

        CliRun run = await InitAsync(database, "--csv", _folder.File("clients.csv"), "--into", Definition);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("The table is hubspot.companies", run.Error, StringComparison.Ordinal);
        Assert.Contains("// doubtful: ", await File.ReadAllTextAsync(Definition), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Init_TwoTablesWithTheSameRecords_AreListedOrAskedFor()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await database.ExecuteAsync("create schema former; create table former.companies as table hubspot.companies");
        File.Copy(Path.Combine(Repository.Root, "docs", "sample", "own-data", "clients.csv"), _folder.File("clients.csv"));

        CliRun refused = await InitAsync(database, "--csv", _folder.File("clients.csv"), "--into", Definition);
        bool isWritten = File.Exists(Definition);
        (CliRun answered, string definition) = await AnsweredAsync(database, "2\n\n", "--csv", _folder.File("clients.csv"), "--into", Definition);

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("  hubspot.companies: ", refused.Error, StringComparison.Ordinal);
        Assert.Contains("  former.companies: ", refused.Error, StringComparison.Ordinal);
        Assert.False(isWritten);
        string second = answered.Error.Split("  2  ")[1].Split(':')[0];
        Assert.Contains($"\"table\": \"{second}\"", definition, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(80)]
    [InlineData(120)]
    public async Task Init_OnATerminal_LooksAsApproved(int columns)
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        File.Copy(Path.Combine(Repository.Root, "docs", "sample", "own-data", "clients.csv"), _folder.File("clients.csv"));

        await using TerminalProcess terminal = TerminalProcess.Start(
            _folder.Path, columns, 40, $"RECON_POSTGRES='{database.ConnectionString}'", "init --csv clients.csv --table hubspot.companies --yes --quiet");
        (int exitCode, IReadOnlyList<string> lines) = await terminal.EndAsync();

        Assert.Equal(0, exitCode);
        await Golden.CheckAsync($"init-{columns}.txt", string.Join('\n', lines.Select(line => line.TrimEnd())).TrimEnd() + "\n");
    }

    private static async Task<CliRun> InitAsync(TestDatabase database, params string[] args)
        => await CliRun.OfAsync(["init", .. args, "--postgres", database.ConnectionString]);

    private static async Task<(CliRun Run, string Definition)> AnsweredAsync(TestDatabase database, string answers, params string[] args)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        using StringReader input = new(answers);
        using var context = CliContext.Of(output, error, _ => null, TestContext.Current.CancellationToken, input);
        int exitCode = await ReconCommandLine.InvokeAsync(["init", .. args, "--postgres", database.ConnectionString], context);
        return (new CliRun(exitCode, output.ToString(), error.ToString()), await File.ReadAllTextAsync(args[^1]));
    }
}

using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Recon.Cli.Tests.Support;
using Recon.Postgres.Checks;
using Recon.Testing;

namespace Recon.Cli.Tests.Docs;

/// <summary>The pages of the reference are made from the code. <c>RECON_ACCEPT=1</c> writes them.</summary>
public sealed partial class ReferenceTests(PostgresServer server)
{
    private const string Made = "<!-- Made from the code by ReferenceTests; RECON_ACCEPT=1 writes it. -->\n\n";

    [Fact]
    public async Task Commands_AreThoseOfTheHelp()
    {
        var page = new CommandReference();
        await page.AddAsync("recon");

        await CheckAsync("docs/reference/commands.md", $"""
            # Commands

            {Made}Every command with its arguments, options and examples, as `recon COMMAND --help` tells them. [README](../../README.md) has one line for each.

            {page}
            """);
    }

    [Fact]
    public async Task Definition_IsThatOfTheSchema()
    {
        using JsonDocument schema = JsonDocument.Parse((await CliRun.OfAsync("schema")).Out);

        await CheckAsync("docs/reference/definition.md", $"""
            # The definition

            {Made}Every key of `pipeline.json`, from the schema that editors use ([pipeline.schema.json](../pipeline.schema.json)). Comments and trailing commas are allowed,
            unknown keys are not. [values.md](../values.md) says what conversions and comparisons do with values.

            {new DefinitionReference(schema.RootElement)}
            """);
    }

    [Fact]
    public async Task Reasons_AreThoseOfTheCode()
    {
        var text = new StringBuilder();
        AddCodes(text, "Rejected records", "`reason` of `staging.reconciliation_rejects`: the whole record is left out.", "src/Recon.Dataflow/Batches/RejectedRecord.cs");
        AddCodes(text, "Values that are not staged", "`recon stats --rejected-values`: the value is left out, the record is not.", "src/Recon.Dataflow/Values/ValueRejectReasons.cs");
        AddCodes(text, "Remarks", "Values that are staged, and counted because something had to be decided about them.", "src/Recon.Dataflow/Values/ValueRemarks.cs");
        AddCodes(text, "Differences that are withheld", "`recon stats --withheld`: both sides have a value, they differ, and a rule keeps HubSpot's.", "src/Recon.Dataflow/Diff/WithheldRules.cs");
        text.Append("## Findings of `recon check`\n\n`code` in `--json`, `ruleId` in SARIF, the type of a failure in JUnit.\n\n| code | what is in order without it |\n|---|---|\n");
        foreach (FindingCode code in FindingCode.All)
        {
            text.Append(CultureInfo.InvariantCulture, $"| `{code.Id}` | {code.Description} |\n");
        }

        text.Append("\n## Filters\n\nRecords that an `exclude` of the definition leaves out are counted under its `name`, or else under its column: these codes are yours.\n");
        await CheckAsync("docs/reference/reasons.md", $"""
            # Reasons

            {Made}The codes under which recon counts what it did not do. They are a contract: scripts may select by them.

            {text}
            """);
    }

    [Fact]
    public async Task Staging_IsWhatARunLeaves()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        Assert.Equal(0, (await database.ReconAsync("run", "--quiet")).ExitCode);
        Assert.Equal(0, (await database.ReconAsync("plan", "companies", "--quiet")).ExitCode);

        await CheckAsync("docs/reference/staging.md", $$"""
            # The staging schema

            {{Made}}Tables and columns after a run of the shipped definition. What results are called, and the columns of a pipeline's own, follow from its `stage` block; all else is the
            same everywhere. Tables named `…_rows`, and those with two underscores in their name, belong to recon alone: read the views.

            Of a result, `legacy_properties` holds the file's values by column, `properties_to_update` what differs by property (`{}` for nothing), `previous_values` what HubSpot holds for
            it, `parent_ids` the HubSpot ids of parents by lookup, `match_rule` how the record was found (`legacy-id`, `merged`, `decision`, or a fallback's name), and `source_line` with `source_file` where it
            stands. `hubspot_…` columns hold what HubSpot holds, never the file's value.

            {{await new StagingReference(database).WriteAsync()}}
            """);
    }

    [Fact]
    public async Task Decisions_AreAllListed()
    {
        var text = new StringBuilder();
        foreach (BookPage page in BookPage.All.Where(page => page.Name.StartsWith("docs/adr/0", StringComparison.Ordinal)))
        {
            Match title = Title().Match(page.Text);
            Assert.True(title.Success, $"{page.Name} does not begin with '# NUMBER. TITLE'.");
            text.Append(CultureInfo.InvariantCulture, $"| {title.Groups["number"].Value} | [{title.Groups["title"].Value}]({Path.GetFileName(page.Name)}) |\n");
        }

        await CheckAsync("docs/adr/README.md", $"""
            # Decisions

            {Made}Choices that had a serious alternative: what was considered, what it costs, how we would know that it was wrong.

            | no. | decision |
            |---|---|
            {text}
            """);
    }

    private static void AddCodes(StringBuilder text, string head, string about, string source)
    {
        text.Append(CultureInfo.InvariantCulture, $"## {head}\n\n{about}\n\n| code | meaning |\n|---|---|\n");
        string code = File.ReadAllText(Path.Combine(Repository.Root, source)).ReplaceLineEndings("\n");
        foreach (Match constant in CodeConstant().Matches(code))
        {
            string name = constant.Groups["name"].Value;
            string words = constant.Groups["summary"].Success
                ? constant.Groups["summary"].Value
                : Regex.Match(code, $"\\b{name} => \"(?<words>[^\"]+)\"").Groups["words"].Value is { Length: > 0 } found ? $"{char.ToUpperInvariant(found[0])}{found[1..]}." : "";
            Assert.True(words.Length > 0, $"{source} says nothing about {name}.");
            text.Append(CultureInfo.InvariantCulture, $"| `{constant.Groups["code"].Value}` | {words} |\n");
        }

        text.Append('\n');
    }

    private static async Task CheckAsync(string name, string text)
    {
        string path = Path.Combine(Repository.Root, name);
        text = text.ReplaceLineEndings("\n").TrimEnd('\n') + "\n";
        if (Environment.GetEnvironmentVariable("RECON_ACCEPT") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, text, TestContext.Current.CancellationToken);
        }

        Assert.True(File.Exists(path), $"{name} is missing; RECON_ACCEPT=1 writes it.");
        Assert.Equal(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken), text);
    }

    [GeneratedRegex("""(/// <summary>(?<summary>[^<]*)</summary>\n\s*)?public const string (?<name>\w+) = "(?<code>[^"]+)";""")]
    private static partial Regex CodeConstant();

    [GeneratedRegex(@"^# (?<number>\d+)\. (?<title>.*)$", RegexOptions.Multiline)]
    private static partial Regex Title();
}

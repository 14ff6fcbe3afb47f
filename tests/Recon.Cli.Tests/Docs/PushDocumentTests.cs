using System.Text.RegularExpressions;
using Recon.Cli.Tests.Support;
using Recon.Testing;

namespace Recon.Cli.Tests.Docs;

/// <summary>The commands of the README that go the whole way through the sandbox, run as they stand there.</summary>
public sealed partial class PushDocumentTests(PostgresServer server)
{
    [Fact]
    public async Task Readme_TheWholeWay_Runs()
    {
        string readme = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md"), TestContext.Current.CancellationToken);
        string commands = Block().Match(readme).Groups["commands"].Value;
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await using SandboxHost sandbox = await SandboxHost.StartAsync(database);

        // Nobody is there to be asked.
        string script = $"set -e\nrecon() {{ \"$program\" \"$@\" $yes; }}\n{PushLine().Replace(commands, "yes=--yes; $0; yes=")}";
        await using CliProcess process = CliProcess.StartScript(
            Repository.Root,
            $"program=\"$1\"; export RECON_POSTGRES=\"$2\" RECON_HUBSPOT_BASE=\"{sandbox.Server.Base.AbsoluteUri.TrimEnd('/')}\" RECON_HUBSPOT_TOKEN=\"$3\"; yes=\n{script}",
            database.ConnectionString,
            sandbox.Environment["RECON_HUBSPOT_TOKEN"]);
        CliRun run = await process.EndAsync();

        Assert.True(run.ExitCode == 0, run.Error + run.Out);
        Assert.Contains("curl", commands, StringComparison.Ordinal);
        Assert.Equal(1, await database.QueryValueAsync<long>("select count(*) from staging.push_item where state = 'kept' and hubspot_id = 10000099857 and changed_by like '%CRM_UI%'"));
        Assert.True(await database.QueryValueAsync<long>("select count(*) from staging.push_item where state = 'restored'") > 500);
        Assert.Equal(0, await database.QueryValueAsync<long>("select count(*) from staging.push_item where state not in ('restored', 'kept')"));
    }

    [GeneratedRegex("<!-- push -->\n```sh\n(?<commands>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("^recon push .*$", RegexOptions.Multiline)]
    private static partial Regex PushLine();
}

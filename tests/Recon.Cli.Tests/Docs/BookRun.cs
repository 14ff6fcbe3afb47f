using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Recon.Cli.Tests.Support;
using Recon.Testing;

namespace Recon.Cli.Tests.Docs;

/// <summary>What the blocks of a page are run in: a folder, a database and a sandbox of its own.</summary>
internal sealed partial class BookRun : IAsyncDisposable
{
    private readonly TempFolder _folder;
    private readonly TestDatabase _database;
    private readonly BookPage _page;
    private readonly SandboxHost? _sandbox;

    private BookRun(TempFolder folder, TestDatabase database, BookPage page, SandboxHost? sandbox)
    {
        _folder = folder;
        _database = database;
        _page = page;
        _sandbox = sandbox;
    }

    /// <summary>Whether a block holds commands that can be run here. The README's way through the sandbox has a test of its own.</summary>
    public static bool IsRun(BookBlock block)
        => block.Language == "sh" && block.Mark != "push" && !block.Mark.StartsWith("not run here:", StringComparison.Ordinal) && !IsFile(block);

    public static async Task<BookRun> StartAsync(PostgresServer server, BookPage page)
    {
        TempFolder folder = TempFolder.WithDefinition();
        foreach (string sample in Directory.GetFiles(Path.Combine(Repository.Root, "bronze_layer"), "*.csv"))
        {
            folder.AddBronze(Path.GetFileName(sample));
        }

        // Pages name files below docs as they are reached from the root.
        Directory.CreateSymbolicLink(folder.File("docs"), Path.Combine(Repository.Root, "docs"));

        // Nobody is there to be asked.
        Directory.CreateDirectory(folder.File("bin"));
        string program = folder.File("bin/recon");
        await File.WriteAllTextAsync(
            program, $"#!/bin/sh\ncase \"$1\" in push) set -- \"$@\" --yes ;; esac\nexec '{CliProcess.Program}' \"$@\"\n", TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        TestDatabase database = await DemoDatabase.CreateAsync(server);
        bool sends = page.Blocks.Any(block => IsRun(block) && block.Text.Contains("recon push", StringComparison.Ordinal));
        return new BookRun(folder, database, page, sends ? await SandboxHost.StartAsync(database) : null);
    }

    /// <summary>Does what a block says: runs it, writes it, or asks it of the database.</summary>
    public async Task RunAsync(BookBlock block)
    {
        if (IsFile(block))
        {
            string[] parts = block.Mark["file: ".Length..].Split(", ");
            Encoding encoding = parts.Length == 1 ? new UTF8Encoding(false) : CodePagesEncodingProvider.Instance.GetEncoding(parts[1])!;
            await File.WriteAllTextAsync(_folder.File(parts[0]), block.Text, encoding, TestContext.Current.CancellationToken);
        }
        else if (block.Mark == "in the database")
        {
            await _database.ExecuteAsync(block.Text);
        }
        else if (IsRun(block))
        {
            Match code = ExitCode().Match(block.Mark);
            CliRun run = await ShellAsync(block.Text);
            Assert.True(
                run.ExitCode == (code.Success ? int.Parse(code.Groups["code"].Value, CultureInfo.InvariantCulture) : 0),
                $"{_page.Name}:{block.Line} ended with {run.ExitCode}:\n{block.Text}{run.Error}{run.Out}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_sandbox is not null)
        {
            await _sandbox.DisposeAsync();
        }

        await _database.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<CliRun> ShellAsync(string commands)
    {
        await using CliProcess process = CliProcess.StartScript(
            _folder.Path,
            $"export RECON_POSTGRES=\"$2\" RECON_HUBSPOT_BASE=\"$3\" RECON_HUBSPOT_TOKEN=\"$4\" PATH=\"$5:$PATH\"; set -e\n{commands}",
            _database.ConnectionString,
            _sandbox?.Server.Base.AbsoluteUri.TrimEnd('/') ?? "",
            _sandbox?.Environment["RECON_HUBSPOT_TOKEN"] ?? "",
            _folder.File("bin"));
        return await process.EndAsync();
    }

    private static bool IsFile(BookBlock block) => block.Mark.StartsWith("file: ", StringComparison.Ordinal);

    [GeneratedRegex(@"^ends with (?<code>\d+)$")]
    private static partial Regex ExitCode();
}

using Npgsql;
using Recon.Cli.Tests.Support;
using Recon.Postgres.Queries;
using Recon.Samples;
using Recon.Testing;

namespace Recon.Cli.Tests.Docs;

/// <summary>The picture of a run in the README, taken from a terminal: of the synthetic sample, and of a mirror that lacks an index.</summary>
public sealed class LivePictureTests(PostgresServer server)
{
    private static readonly SampleOptions s_sample = new() { Rows = 300_000, Seed = 5 };
    private static readonly string s_picture = Path.Combine(Repository.Root, "docs", "live.svg");

    [Fact]
    public async Task Picture_OfTheReadme_ShowsTheBlockThatLimits()
    {
        string picture = await File.ReadAllTextAsync(s_picture, TestContext.Current.CancellationToken);

        Assert.Contains("<title>recon run", picture, StringComparison.Ordinal);
        Assert.Contains("▶", picture, StringComparison.Ordinal);
        Assert.Contains("docs/live.svg", await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    /// <summary>Takes the picture anew.</summary>
    [Fact(Explicit = true)]
    public async Task Picture_OfTheReadme_IsTaken()
    {
        await using TestDatabase database = await server.CreateDatabaseAsync();
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(database.ConnectionString);
        SampleGenerator generator = new(s_sample);
        await SchemaLoad.EnsureAsync(
            source,
            new SchemaContent(
                MirrorSchema.Name,
                MirrorSchema.CreateSql,
                [.. MirrorSchema.Tables.Select(table => (table.CopySql, (Func<Stream, CancellationToken, Task>)((rows, token) => generator.WriteMirrorAsync(table, rows, token))))],
                MirrorSchema.IndexSql),
            () => { },
            TestContext.Current.CancellationToken);
        await database.ExecuteAsync("""
            do $d$ declare index text; begin
                for index in select indexrelid::regclass::text from pg_index where indrelid = 'hubspot.contacts'::regclass and not indisprimary
                loop execute 'drop index ' || index; end loop;
            end $d$
            """);
        using TempFolder folder = TempFolder.WithDefinition();
        await using (FileStream file = File.Create(folder.File("bronze_layer/Bronze_Communication.csv")))
        {
            await generator.WriteBronzeAsync("Bronze_Communication.csv", file, TestContext.Current.CancellationToken);
        }

        await using TerminalProcess terminal = TerminalProcess.Start(
            folder.Path, 100, 32, $"RECON_POSTGRES='{database.ConnectionString}'", "run communications");
        await terminal.SeeAsync(screen => screen.Contains("▶ contact", StringComparison.Ordinal) && screen.Contains("reading 4", StringComparison.Ordinal));
        await File.WriteAllTextAsync(
            s_picture, terminal.Look(screen => ScreenSvg.Draw(screen, "recon run communications, on a terminal")), TestContext.Current.CancellationToken);
        await terminal.TypeAsync("q");
        await terminal.EndAsync();
    }
}

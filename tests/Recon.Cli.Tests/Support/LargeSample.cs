using System.Collections.Concurrent;
using Npgsql;
using Recon.Samples;
using Recon.Testing;

namespace Recon.Cli.Tests.Support;

/// <summary>The shipped sample, with so many communications that a run is caught at work.</summary>
internal static class LargeSample
{
    // As many as all blocks of the pipeline hold, and as many again: what is held up has not been read to its end.
    private const int MoreThanBlocksHold = 75_000;

    private static readonly ConcurrentDictionary<int, byte[]> s_files = new();

    /// <summary>A folder whose run is still at work when its batches have been held up by <see cref="HoldAsync"/>.</summary>
    public static Task<TempFolder> CreateAsync() => CreateAsync(MoreThanBlocksHold);

    /// <summary>A folder with the shipped definition and its files.</summary>
    /// <param name="rows">Records of the file of communications.</param>
    public static async Task<TempFolder> CreateAsync(int rows)
    {
        var folder = TempFolder.WithDefinition();
        foreach (string name in (string[])["Bronze_Company.csv", "Bronze_Person.csv", "Bronze_Opportunity.csv"])
        {
            folder.AddBronze(name);
        }

        if (!s_files.TryGetValue(rows, out byte[]? file))
        {
            s_files[rows] = file = await WriteAsync(rows);
        }

        await File.WriteAllBytesAsync(folder.File("bronze_layer/Bronze_Communication.csv"), file, TestContext.Current.CancellationToken);
        return folder;
    }

    /// <summary>Has a run whose first batch of communications ends its own session in the middle of a statement, once; the run tries it again.</summary>
    /// <param name="folder">The folder of the definition.</param>
    public static async Task EndASessionAsync(TempFolder folder, TestDatabase database)
    {
        await using CliProcess setup = CliProcess.Start(folder.Path, [], ["setup", "--postgres", database.ConnectionString]);
        CliRun made = await setup.EndAsync();
        Assert.True(made.ExitCode == 0, made.Error);

        // A sequence does not go back with the transaction.
        await database.ExecuteAsync("""
            create sequence staging.ended_sessions;
            create function staging.end_session() returns trigger language plpgsql as $$
            begin
                if new.pipeline = 'communications' and new.batch > 0 and nextval('staging.ended_sessions') = 1 then
                    perform pg_terminate_backend(pg_backend_pid());
                end if;
                return new;
            end $$;
            create trigger end_session before insert on staging.reconciliation_ledger for each row execute function staging.end_session();
            """);
    }

    /// <summary>Waits for a run's first batch, and has the others wait until the result is disposed.</summary>
    public static async Task<NpgsqlConnection> HoldAsync(TestDatabase database)
    {
        await FirstBatchAsync(database);
        var holder = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false }.ConnectionString);
        await holder.OpenAsync(TestContext.Current.CancellationToken);
        await using var hold = new NpgsqlCommand("begin; lock table staging.reconciliation_ledger in share mode", holder);
        await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return holder;
    }

    public static Task FirstBatchAsync(TestDatabase database) => Until.TrueAsync(
        "the first batch in the ledger",
        async () =>
        {
            try
            {
                return await database.QueryValueAsync<long>("select count(*) from staging.reconciliation_ledger") > 0;
            }
            catch (PostgresException missing) when (missing.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
            {
                return false;
            }
        },
        TestContext.Current.CancellationToken);

    private static async Task<byte[]> WriteAsync(int rows)
    {
        using var file = new MemoryStream();
        await new SampleGenerator(new SampleOptions { Rows = rows, Seed = 5 }).WriteBronzeAsync("Bronze_Communication.csv", file, CancellationToken.None);
        return file.ToArray();
    }
}

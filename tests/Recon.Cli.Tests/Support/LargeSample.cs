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

    /// <summary>Ends a session in the middle of a statement that writes a batch, which a run then tries again.</summary>
    public static async Task EndASessionAsync(TestDatabase database)
    {
        await using NpgsqlConnection hold = await HoldAsync(database);
        await Until.TrueAsync(
            "a session that waits in order to write",
            async () => await database.QueryValueAsync<long>("""
                select count(pg_terminate_backend(pid)) from pg_stat_activity
                where datname = current_database() and application_name = 'recon' and wait_event_type = 'Lock'
                """) > 0,
            TestContext.Current.CancellationToken);
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

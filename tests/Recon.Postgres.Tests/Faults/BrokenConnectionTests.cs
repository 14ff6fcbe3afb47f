using Npgsql;
using NpgsqlTypes;
using Recon.Postgres.Faults;
using Recon.Testing;

namespace Recon.Postgres.Tests.Faults;

/// <summary>Uses of a connection that broke while nobody waited for it: its keepalive found that the session had ended.</summary>
public sealed class BrokenConnectionTests(PostgresServer server)
{
    private static readonly CancellationToken s_token = TestContext.Current.CancellationToken;

    public static TheoryData<string> Uses => [.. s_uses.Keys];

    private static readonly Dictionary<string, Func<NpgsqlConnection, NpgsqlTransaction?, Task>> s_uses = new(StringComparer.Ordinal)
    {
        ["command"] = (connection, _) => CommandAsync(connection),
        ["batch"] = async (connection, transaction) =>
        {
            await using var batch = new NpgsqlBatch(connection, transaction);
            batch.BatchCommands.Add(new NpgsqlBatchCommand("select 1"));
            await batch.ExecuteNonQueryAsync(s_token);
        },
        ["begin"] = async (connection, _) => await connection.BeginTransactionAsync(s_token),
        ["commit"] = (_, transaction) => transaction!.CommitAsync(s_token),
        ["rollback"] = (_, transaction) => transaction!.RollbackAsync(s_token),
        ["save"] = (_, transaction) => transaction!.SaveAsync("part", s_token),
        ["binary import"] = async (connection, _) => await connection.BeginBinaryImportAsync("copy t from stdin (format binary)", s_token),
        ["raw copy"] = async (connection, _) => await connection.BeginRawBinaryCopyAsync("copy t from stdin (format binary)", s_token),
    };

    [Theory]
    [MemberData(nameof(Uses))]
    public async Task Classify_UseOfABrokenConnection_IsALostConnection(string use)
    {
        await using TestDatabase database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync("create table t (i int)");
        await using NpgsqlConnection connection = await OpenAsync(database);
        await using NpgsqlTransaction? transaction = use is "begin" ? null : await connection.BeginTransactionAsync(s_token);
        await BreakAsync(database, connection, connection.ProcessID);

        Exception failure = await Assert.ThrowsAnyAsync<Exception>(() => s_uses[use](connection, transaction));

        RequireLost(failure);
    }

    [Fact]
    public async Task Classify_CopyThatEndedWithItsConnection_IsALostConnection()
    {
        await using TestDatabase database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync("create table t (i int)");
        await using NpgsqlConnection connection = await OpenAsync(database);
        NpgsqlBinaryImporter copy = await connection.BeginBinaryImportAsync("copy t from stdin (format binary)", s_token);
        await connection.CloseAsync();

        Exception failure = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await copy.StartRowAsync(s_token);
            await copy.WriteAsync(1, NpgsqlDbType.Integer, s_token);
        });

        RequireLost(failure);
    }

    [Fact]
    public void Classify_InvalidOperationOfOurOwn_StaysABug()
    {
        Exception failure = Assert.ThrowsAny<Exception>(() => new List<int>().First());
        Assert.Equal(FaultKind.Bug, PostgresFaults.Classify(failure, "s", FaultPhase.Command).Kind);
    }

    private static void RequireLost(Exception failure)
    {
        Fault fault = PostgresFaults.Classify(failure, "s", FaultPhase.Command);
        Assert.True(fault is { Kind: FaultKind.Transient, ExitCode: 4 }, $"{fault}: {failure}");
        Assert.True(PostgresFaults.IsBroken(failure));
    }

    private static async Task CommandAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand("select 1", connection);
        await command.ExecuteScalarAsync(s_token);
    }

    private static async Task<NpgsqlConnection> OpenAsync(TestDatabase database)
    {
        var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(database.ConnectionString) { KeepAlive = 1, Pooling = false }.ConnectionString);
        await connection.OpenAsync(s_token);
        return connection;
    }

    private static async Task BreakAsync(TestDatabase database, NpgsqlConnection connection, int process)
    {
        Assert.True(await database.QueryValueAsync<bool>($"select pg_terminate_backend({process}, 5000)"));
        await Until.TrueAsync("the keepalive", () => connection.FullState != System.Data.ConnectionState.Open, s_token);
    }
}

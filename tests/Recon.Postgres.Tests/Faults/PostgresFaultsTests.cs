using System.Text;
using Npgsql;
using NpgsqlTypes;
using Recon.Postgres.Connections;
using Recon.Postgres.Faults;
using Recon.Testing;

namespace Recon.Postgres.Tests.Faults;

public sealed class PostgresFaultsTests(PostgresServer server)
{
    private static readonly CancellationToken s_token = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("select * from nowhere.t", "42P01", FaultKind.Refused, 2, "definition")]
    [InlineData("select icalps_company_id from pg_class", "42703", FaultKind.Refused, 2, "\"icalps_company_id\"")]
    [InlineData("create table nowhere.t (i int)", "3F000", FaultKind.Refused, 2, "recon setup")]
    [InlineData("set transaction read only; create table t_ro (i int)", "25006", FaultKind.ReadOnly, 4, "primary")]
    [InlineData("do $$ begin raise sqlstate '40P01'; end $$", "40P01", FaultKind.Transient, 4, "--resume")]
    [InlineData("do $$ begin raise sqlstate '53100'; end $$", "53100", FaultKind.Stop, 4, "disk")]
    [InlineData("do $$ begin raise sqlstate '53400'; end $$", "53400", FaultKind.Stop, 4, "limit")]
    [InlineData("do $$ begin raise sqlstate '42501'; end $$", "42501", FaultKind.Refused, 2, "Grant")]
    [InlineData("do $$ begin raise sqlstate '08P01'; end $$", "08P01", FaultKind.Bug, 1, "fault of recon")]
    [InlineData("execute nothing", "26000", FaultKind.Configuration, 2, "Max Auto Prepare=0")]
    [InlineData("set timezone = 'Nowhere/Else'", "22023", FaultKind.Configuration, 2, "PGOPTIONS")]
    [InlineData("do $$ begin raise 'private-value'; end $$", "P0001", FaultKind.Refused, 2, "trigger")]
    [InlineData("select 'private-value'::int", "22P02", FaultKind.BadRow, 1, "type")]
    [InlineData("select 3000000000::int", "22003", FaultKind.BadRow, 1, "too large")]
    [InlineData("create table k (i int primary key); insert into k values (1), (1)", "23505", FaultKind.Bug, 1, "recon clear")]
    public async Task Classify_ErrorOfTheServer_GivesKindExitCodeAndFix(string sql, string state, object kind, int exitCode, string text)
    {
        await using TestDatabase database = await server.CreateDatabaseAsync();
        PostgresException refused = await Assert.ThrowsAsync<PostgresException>(() => database.ExecuteAsync(sql));
        Fault fault = PostgresFaults.Classify(refused, "h:1/d as u", FaultPhase.Command);
        Assert.Equal((state, (FaultKind)kind, exitCode), (fault.SqlState, fault.Kind, fault.ExitCode));
        Assert.Contains(text, fault.Message, StringComparison.Ordinal);
        Assert.Contains("h:1/d as u", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("private-value", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
    }

    [Fact]
    public async Task Classify_NulInCopy_IsABadRowAndDoesNotShowItsText()
    {
        await using TestDatabase database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync("create table \"t t\" (a int, note text)");
        PostgresException refused = await Assert.ThrowsAsync<PostgresException>(() => CopyAsync(database, ["one", "two", "private\0text"]));
        Fault fault = PostgresFaults.Classify(refused, "s", FaultPhase.Copy);
        Assert.Equal((FaultKind.BadRow, "22021"), (fault.Kind, fault.SqlState));
        Assert.DoesNotContain("private", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Classify_StatementOfAnotherSession_NamesTheSetting()
    {
        var refused = new PostgresException(
            "bind message supplies 2 parameters, but prepared statement \"_auto0\" requires 1", "ERROR", "ERROR", "08P01", routine: "exec_bind_message");

        Fault fault = PostgresFaults.Classify(refused, "s", FaultPhase.Command);

        Assert.Equal((FaultKind.Configuration, 2), (fault.Kind, fault.ExitCode));
        Assert.Contains("Max Auto Prepare=0", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Classify_LoneSurrogate_IsABadRow()
    {
        EncoderFallbackException failure = Assert.Throws<EncoderFallbackException>(
            () => new UTF8Encoding(false, throwOnInvalidBytes: true).GetBytes("a\ud800"));
        Assert.Equal(FaultKind.BadRow, PostgresFaults.Classify(failure, "s", FaultPhase.Copy).Kind);
    }

    [Fact]
    public async Task Classify_TerminatedBackend_IsTransient()
    {
        await using TestDatabase database = await server.CreateDatabaseAsync();
        await using NpgsqlConnection victim = new(database.ConnectionString);
        await victim.OpenAsync(s_token);
        Assert.True(await database.QueryValueAsync<bool>($"select pg_terminate_backend({victim.ProcessID}, 5000)"));
        await using var command = new NpgsqlCommand("select 1", victim);
        Exception failure = await Assert.ThrowsAnyAsync<NpgsqlException>(() => command.ExecuteScalarAsync(s_token));
        Fault fault = PostgresFaults.Classify(failure, "s", FaultPhase.Command);
        Assert.Equal((FaultKind.Transient, 4), (fault.Kind, fault.ExitCode));
    }

    [Fact]
    public async Task Classify_TerminatedInMidCopy_IsTransient()
    {
        await using TestDatabase database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync("create table \"t t\" (a int, note text)");
        await using NpgsqlConnection victim = new(database.ConnectionString);
        await victim.OpenAsync(s_token);
        int process = victim.ProcessID;
        Exception failure = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await using NpgsqlBinaryImporter importer = await victim.BeginBinaryImportAsync("copy \"t t\" from stdin (format binary)", s_token);
            await database.QueryValueAsync<bool>($"select pg_terminate_backend({process}, 5000)");
            for (int row = 0; row < 10_000; row++)
            {
                await importer.StartRowAsync(s_token);
                await importer.WriteAsync(row, NpgsqlDbType.Integer, s_token);
                await importer.WriteAsync(new string('x', 100), NpgsqlDbType.Text, s_token);
            }

            await importer.CompleteAsync(s_token);
        });
        Assert.Equal(FaultKind.Transient, PostgresFaults.Classify(failure, "s", FaultPhase.Copy).Kind);
    }

    [Theory]
    [InlineData("Password", "wrong", FaultKind.Configuration, 2, "password")]
    [InlineData("Database", "no_such_db", FaultKind.Configuration, 2, "no_such_db")]
    [InlineData("Host", "no-such-host.invalid", FaultKind.Transient, 4, "could not be translated")]
    [InlineData("Port", "1", FaultKind.Transient, 4, "Nothing accepts connections")]
    [InlineData("SSL Mode", "Require", FaultKind.Configuration, 2, "TLS")]
    public async Task Classify_ConnectionThatCannotWork_GivesOneClearMessage(
        string keyword, string value, object kind, int exitCode, string text)
    {
        var builder = new NpgsqlConnectionStringBuilder(await server.GetConnectionStringAsync()) { Pooling = false };
        string? password = builder.Password;
        builder[keyword] = value;
        string described = ConnectionSettings.Parse(builder.ConnectionString, "--postgres", insecureTls: true, _ => null).Describe();
        Exception failure = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await using var connection = new NpgsqlConnection(builder.ConnectionString);
            await connection.OpenAsync(s_token);
        });
        Fault fault = PostgresFaults.Classify(failure, described, FaultPhase.Connect);
        Assert.Equal(((FaultKind)kind, exitCode), (fault.Kind, fault.ExitCode));
        Assert.Contains(text, fault.Message, StringComparison.Ordinal);
        Assert.Contains(described, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(password!, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Classify_ConnectionLostDuringCommit_IsUnknown()
        => Assert.Equal(
            FaultKind.UnknownCommit,
            PostgresFaults.Classify(new NpgsqlException("x", new IOException("y")), "s", FaultPhase.Commit).Kind);

    [Fact]
    public void Classify_Cancellation_IsNoFailure()
        => Assert.Equal(FaultKind.Cancelled, PostgresFaults.Classify(new TaskCanceledException(), "s", FaultPhase.Command).Kind);

    [Fact]
    public void Classify_LeaseLost_IsExitCode5()
        => Assert.Equal(5, PostgresFaults.Classify(new LeaseLostException("x"), "s", FaultPhase.Commit).ExitCode);

    private static async Task CopyAsync(TestDatabase database, IEnumerable<string> notes)
    {
        await using NpgsqlConnection connection = new(database.ConnectionString);
        await connection.OpenAsync(s_token);
        await using NpgsqlBinaryImporter importer = await connection.BeginBinaryImportAsync("copy \"t t\" from stdin (format binary)", s_token);
        foreach (string note in notes)
        {
            await importer.StartRowAsync(s_token);
            await importer.WriteAsync(1, NpgsqlDbType.Integer, s_token);
            await importer.WriteAsync(note, NpgsqlDbType.Text, s_token);
        }

        await importer.CompleteAsync(s_token);
    }
}

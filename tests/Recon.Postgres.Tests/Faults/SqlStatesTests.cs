using System.Reflection;
using Npgsql;
using Recon.Postgres.Faults;
using Recon.Testing;

namespace Recon.Postgres.Tests.Faults;

public sealed class SqlStatesTests
{
    private const string Header = "| SQLSTATE | what happened | what recon does | what to do |";

    /// <summary>Codes that Npgsql has no name for.</summary>
    private static readonly string[] s_unnamed = ["22031", "2203G", "25P04", "57P05", "55P04"];

    [Fact]
    public void Table_EveryCodeOfPostgres_HasADecision()
    {
        string[] codes = [.. typeof(PostgresErrorCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (string)field.GetRawConstantValue()!), .. s_unnamed];

        Assert.True(codes.Length > 200);
        Assert.All(codes, code => Assert.True(SqlStates.Find(code) is not null, code));
    }

    [Fact]
    public void Table_EveryCodeAndClass_IsNamedOnce()
    {
        string[] states = [.. SqlStates.Table.SelectMany(row => row.States.Split(' '))];

        Assert.Equal(states.Distinct(), states);
        Assert.All(states, state => Assert.True(state.Length is 2 or 5, state));
    }

    [Theory]
    [InlineData("57P05", FaultKind.Transient)]
    [InlineData("25P04", FaultKind.Transient)]
    [InlineData("57P04", FaultKind.Configuration)]
    [InlineData("58030", FaultKind.Stop)]
    [InlineData("XX000", FaultKind.Transient)]
    [InlineData("XX001", FaultKind.Stop)]
    [InlineData("XX002", FaultKind.Stop)]
    [InlineData("40003", FaultKind.Transient)]
    [InlineData("22012", FaultKind.BadRow)]
    [InlineData("22P04", FaultKind.Bug)]
    [InlineData("2BP01", FaultKind.Refused)]
    [InlineData("ABC12", FaultKind.Bug)]
    public void Of_Code_IsDecidedByItselfOrByItsClass(string state, object kind)
        => Assert.Equal((FaultKind)kind, SqlStates.Of(state, FaultPhase.Command).Kind);

    [Fact]
    public void Table_ExitCodes_FollowFromTheDecision() => Assert.All(SqlStates.Table, row => Assert.Equal(
        row.Meaning.Kind switch
        {
            FaultKind.Configuration or FaultKind.Refused => 2,
            FaultKind.Transient or FaultKind.ReadOnly or FaultKind.Stop => 4,
            _ => 1,
        },
        row.Meaning.ExitCode));

    [Theory]
    [InlineData("08P01")]
    [InlineData("58000")]
    public void Of_ErrorOfAPooler_IsTriedAgain(string state)
        => Assert.Equal(FaultKind.Transient, SqlStates.Of(state, FaultPhase.Command, ofPooler: true).Kind);

    [Fact]
    public async Task Documentation_Table_IsThisOne()
    {
        string path = Path.Combine(Repository.Root, "docs", "operations.md");
        string text = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        int start = text.IndexOf(Header, StringComparison.Ordinal);
        int end = text.IndexOf("\n\n", start, StringComparison.Ordinal) + 1;
        string table = $"{Header}\n|---|---|---|---|\n" + string.Concat(SqlStates.Table.Select(row =>
            $"| {string.Join(", ", row.States.Split(' ').Select(state => state.PadRight(5, 'x')))} | {row.Meaning.What} | {Decision(row.Meaning.Kind)} | {row.Meaning.Fix} |\n"));
        if (Environment.GetEnvironmentVariable("RECON_ACCEPT") == "1")
        {
            await File.WriteAllTextAsync(path, text[..start] + table + text[end..], TestContext.Current.CancellationToken);
            return;
        }

        Assert.Equal(text[start..end], table);
    }

    private static string Decision(FaultKind kind) => kind switch
    {
        FaultKind.Transient => "tries again",
        FaultKind.ReadOnly => "tries again with new connections",
        FaultKind.Stop => "stops, resumable (exit 4)",
        FaultKind.BadRow => "rejects the row",
        FaultKind.Configuration or FaultKind.Refused => "stops (exit 2)",
        _ => "stops (exit 1)",
    };
}

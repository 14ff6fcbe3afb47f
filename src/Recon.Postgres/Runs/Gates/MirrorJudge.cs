using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Runs.Gates;

/// <summary>What was done to the mirror while a run read it.</summary>
/// <param name="Gates">The gate that refuses it, if it is refused.</param>
/// <param name="Warnings">The same for people, if it is only to be told.</param>
internal sealed record MirrorVerdict(IReadOnlyList<ExceededGate> Gates, IReadOnlyList<string> Warnings)
{
    public static MirrorVerdict Unchanged { get; } = new([], []);
}

/// <summary>Compares the mirror's tables with what they were when the run, or the attempt that it continues, began.</summary>
internal sealed class MirrorJudge(RunContext context, MirrorSession mirror)
{
    // It has no limit, so it is none of those that are asked for one.
    private static readonly Gate s_gate = new("onMirrorChange", "tables changed", "refuse", _ => null, (_, _) => []);

    private const string Advice = "Part of the records were looked up in the old content, part in the new one, and some perhaps in none.";

    /// <summary>The same on a connection of its own.</summary>
    public Task<MirrorVerdict> JudgeAsync(CancellationToken cancellationToken)
        => mirror.Marks.Count == 0 ? Task.FromResult(MirrorVerdict.Unchanged) : context.OnControlAsync(context.EndingRetry(), JudgeAsync, cancellationToken);

    public async Task<MirrorVerdict> JudgeAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        List<string> changes = [];
        foreach ((string table, TableMark mark) in mirror.Marks)
        {
            if (await mark.ChangeAsync(connection, SqlTable.Parse(table), cancellationToken) is { } change)
            {
                changes.Add($"{change} while the run read it");
            }
        }

        if (changes.Count == 0)
        {
            return MirrorVerdict.Unchanged;
        }

        if (context.Pipeline.Source.OnMirrorChange == OnMirrorChange.Warn)
        {
            return new MirrorVerdict([], [.. changes.Select(change => $"{change}. {Advice} Run again.")]);
        }

        int index = context.Request.Definition.Pipelines.ToList().FindIndex(pipeline => pipeline.Name == context.Pipeline.Name);
        string where = $"refuse; $.pipelines[{index}].onMirrorChange may say \"warn\"";
        string[] advice = [Advice, "Run again when nobody reloads the mirror any more."];
        return new MirrorVerdict([new ExceededGate(s_gate, s_gate.Default, where, [.. changes.Select(change => new Excess(change, advice))])], []);
    }
}

using Recon.Postgres.Runs.Live;

namespace Recon.Postgres.Runs.Shared;

/// <summary>The workers of a run, and what is left to tell of those that have gone. Not thread-safe: the board has the lock.</summary>
internal sealed class BoardCrew(TimeProvider clock)
{
    /// <summary>So many that have left are told of one by one.</summary>
    public const int MostFormer = 64;

    private const string Others = "others";

    private readonly Dictionary<string, BoardWorker> _workers = [];
    private readonly List<WorkerProgress> _former = [];

    /// <summary>How many show signs of life.</summary>
    public int Living => _workers.Values.Count(static worker => !worker.IsSilent);

    /// <summary>What the run waits for while nobody works; <see langword="null"/> while somebody does.</summary>
    public string? WaitsFor
        => Living > 0 ? null
            : _workers.Count + _former.Count == 0 ? "workers: none has joined"
            : "workers: none is left";

    public BoardWorker? Find(string name) => _workers.GetValueOrDefault(name);

    public void Add(WorkerCard card) => _workers[card.Name] = new BoardWorker(card, clock.GetTimestamp());

    /// <summary>A worker has left. One that comes and goes is told of once, and so are all together that left long ago.</summary>
    public void Remove(BoardWorker worker)
    {
        _workers.Remove(worker.Card.Name);
        WorkerProgress left = Progress(worker, isThere: false);
        if (_former.Find(before => before.Name == left.Name) is { } same)
        {
            _former.Remove(same);
            left = same.Plus(left);
        }

        _former.Add(left);
        if (_former.Count > MostFormer)
        {
            _former[0] = _former[0].Plus(_former[1]) with { Name = Others, Host = Others, ProcessId = 0 };
            _former.RemoveAt(1);
        }
    }

    public TimeSpan Silence(BoardWorker worker) => clock.GetElapsedTime(worker.SeenAt);

    /// <summary>Those that show no sign of life any more. One whose question is still being answered is not expected to.</summary>
    public IReadOnlyList<BoardWorker> FallSilent(TimeSpan most)
    {
        List<BoardWorker> silent =
        [
            .. _workers.Values.Where(worker =>
                !worker.IsSilent && Silence(worker) > most && worker.Held.All(static split => split.State != SplitState.Entering)),
        ];
        silent.ForEach(static worker => worker.IsSilent = true);
        return silent;
    }

    /// <summary>What the workers do and did, those that have left last.</summary>
    public IReadOnlyList<WorkerProgress> Progress() => [.. _workers.Values.Select(worker => Progress(worker, isThere: true)), .. _former];

    private WorkerProgress Progress(BoardWorker worker, bool isThere)
    {
        IReadOnlyList<ProgressSample> samples = worker.History.Add(
            new ProgressSample(clock.GetElapsedTime(worker.JoinedAt), worker.Records, 0, 0, []));
        return WorkerProgress.Of(
            worker.Card,
            WorkerSums.TimesOf(worker.Figures),
            worker.SplitsDone,
            worker.Held.Count,
            worker.Records,
            isThere ? ProgressHistory.Speed(samples, sample => sample.Records) : 0,
            isThere ? Silence(worker) : null,
            worker.Figures?.MemoryBytes ?? 0);
    }
}

using Recon.Postgres.Runs.Shared;

namespace Recon.Postgres.Tests.Runs.Shared;

/// <summary>The way of a worker to its coordinator, which a test cuts, mends, and leads elsewhere.</summary>
internal sealed class Line(IRunExchange to) : IRunExchange
{
    private volatile IRunExchange _to = to;
    private volatile bool _isCut;

    public bool IsCut
    {
        set => _isCut = value;
    }

    public void LeadTo(IRunExchange to) => _to = to;

    public Task<JoinReply> JoinAsync(WorkerCard worker, CancellationToken cancellationToken)
        => Checked().JoinAsync(worker, cancellationToken);

    // An answer is lost when the line is cut meanwhile.
    public async Task<WorkerOrders> ReportAsync(WorkerReport report, CancellationToken cancellationToken)
    {
        WorkerOrders orders = await Checked().ReportAsync(report, cancellationToken);
        _ = Checked();
        return orders;
    }

    private IRunExchange Checked() => _isCut ? throw new ExchangeUnavailableException("The test has cut the line.") : _to;
}

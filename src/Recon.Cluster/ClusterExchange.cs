using System.Globalization;
using System.Text.Json;
using Orleans.Runtime;
using Orleans.Runtime.Messaging;
using Recon.Postgres.Runs.Shared;

namespace Recon.Cluster;

/// <summary>The coordinator, wherever it is, by way of the cluster.</summary>
internal sealed class ClusterExchange(IRunGrain run) : IRunExchange
{
    public async Task<JoinReply> JoinAsync(WorkerCard worker, CancellationToken cancellationToken)
    {
        string card = JsonSerializer.Serialize(worker, ExchangeJson.Default.WorkerCard);
        return JsonSerializer.Deserialize(await AskAsync(() => run.JoinAsync(card), cancellationToken), ExchangeJson.Default.JoinReply)!;
    }

    public async Task<WorkerOrders> ReportAsync(WorkerReport report, CancellationToken cancellationToken)
    {
        string told = JsonSerializer.Serialize(report, ExchangeJson.Default.WorkerReport);
        return JsonSerializer.Deserialize(await AskAsync(() => run.ReportAsync(told), cancellationToken), ExchangeJson.Default.WorkerOrders)!;
    }

    // Whatever became of a question, it can be asked again.
    private static async Task<string> AskAsync(Func<Task<string>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await ask().WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // Orleans throws its own exceptions, those of its parts, and what the other side threw.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            throw new ExchangeUnavailableException(Reason(exception), exception);
        }
    }

    // Orleans puts addresses of messages and stack traces into its own.
    private static string Reason(Exception exception) => exception switch
    {
        TimeoutException => string.Create(CultureInfo.InvariantCulture, $"The coordinator's process did not answer within {SiloTiming.Answer.TotalSeconds:0} s."),
        OrleansMessageRejectionException or ConnectionFailedException => "The coordinator's process is gone, or nothing reaches it.",
        _ => exception.Message.Split('\n', 2)[0].TrimEnd('\r', ' ', ':', '.') + ".",
    };
}

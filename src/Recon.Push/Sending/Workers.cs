namespace Recon.Push.Sending;

/// <summary>Several workers who do the same until there is nothing left, or one of them cannot go on.</summary>
internal static class Workers
{
    /// <summary>Runs them. When one fails, the others finish what they have begun.</summary>
    /// <param name="step">Does one piece of work; <see langword="false"/> when there is none left.</param>
    /// <param name="drain">Ends it after the pieces that are under way.</param>
    /// <exception cref="Exception">The first failure.</exception>
    public static async Task RunAsync(int workers, Func<Task<bool>> step, CancellationToken drain)
    {
        Exception? first = null;
        await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Run(WorkAsync, CancellationToken.None)));
        if (first is not null)
        {
            throw first;
        }

        async Task WorkAsync()
        {
            try
            {
                while (!drain.IsCancellationRequested && Volatile.Read(ref first) is null && await step())
                {
                }
            }
#pragma warning disable CA1031 // Thrown again when all have ended.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                Interlocked.CompareExchange(ref first, failure, null);
            }
        }
    }
}

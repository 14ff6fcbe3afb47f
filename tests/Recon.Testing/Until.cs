namespace Recon.Testing;

/// <summary>The one place where tests look again and again, for what announces itself in no other way.</summary>
public static class Until
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(5);

    /// <summary>Waits for a condition, with a limit that only a broken test reaches.</summary>
    /// <param name="what">What is waited for, as the failure names it.</param>
    /// <param name="condition">May throw when it can no longer come true.</param>
    /// <param name="token">Ends the wait.</param>
    /// <exception cref="TimeoutException">The condition did not come true.</exception>
    public static Task TrueAsync(string what, Func<bool> condition, CancellationToken token)
        => TrueAsync(() => what, () => Task.FromResult(condition()), token);

    /// <inheritdoc cref="TrueAsync(string, Func{bool}, CancellationToken)"/>
    public static Task TrueAsync(string what, Func<Task<bool>> condition, CancellationToken token)
        => TrueAsync(() => what, condition, token);

    /// <inheritdoc cref="TrueAsync(string, Func{bool}, CancellationToken)"/>
    public static async Task TrueAsync(Func<string> what, Func<Task<bool>> condition, CancellationToken token)
    {
        long started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > s_patience)
            {
                throw new TimeoutException($"Waited {s_patience} in vain for {what()}.");
            }

#pragma warning disable RS0030 // The tests' one pause.
            await Task.Delay(s_pause, TimeProvider.System, token);
#pragma warning restore RS0030
        }
    }
}

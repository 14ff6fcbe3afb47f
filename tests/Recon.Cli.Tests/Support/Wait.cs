namespace Recon.Cli.Tests.Support;

/// <summary>Waits for a condition, with a limit that only a broken test reaches.</summary>
internal static class Wait
{
    public static async Task ForAsync(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!await condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
        }
    }
}

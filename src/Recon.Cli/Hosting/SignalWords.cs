namespace Recon.Cli.Hosting;

/// <summary>What people are told when a command is stopped.</summary>
/// <param name="Stop">At the first signal.</param>
/// <param name="TooLong">When the patience after it is over.</param>
/// <param name="Exit">When the process ends, whatever it waits for.</param>
internal sealed record SignalWords(string Stop, string TooLong, string Exit)
{
    public static SignalWords OfRun { get; } = new(
        $"Stopping: finishing batches in flight (up to {RunSignals.Patience.TotalSeconds:0} s). Ctrl-C again to stop now.",
        "The batches in flight take too long. Stopping now.",
        "Something in flight does not end: the server is busy, or it or the way to it does not answer. Exiting; 'recon run --resume' continues after the last committed batch.");

    public static SignalWords OfPush { get; } = new(
        $"Stopping: waiting for the calls in flight (up to {RunSignals.Patience.TotalSeconds:0} s). Ctrl-C again to stop now.",
        "The calls in flight take too long. Stopping now.",
        "Something in flight does not end: HubSpot or the server does not answer. Exiting; 'recon push --resume' reads back what was in flight and goes on.");

    public static SignalWords OfWorker { get; } = new(
        $"Leaving: finishing batches in flight (up to {RunSignals.Patience.TotalSeconds:0} s). Ctrl-C again to leave now.",
        "The batches in flight take too long. Leaving now.",
        "Something in flight does not end: the server or the way to it does not answer. Exiting; what was not committed goes to other workers.");

    public static SignalWords OfFollower { get; } = new(
        "Not waiting any longer. The run goes on; 'recon top' shows it.",
        "The server takes long to answer.",
        "The server does not answer. Exiting; the run goes on without this process.");

    public static SignalWords OfServer { get; } = new(
        "Stopping the embedded PostgreSQL.",
        "The embedded PostgreSQL takes long to stop.",
        "The embedded PostgreSQL does not stop. Exiting without it.");

    public static SignalWords OfPage { get; } = new(
        "Ending the page.",
        "The page takes long to end.",
        "The page does not end. Exiting without it.");

    public static SignalWords OfSandbox { get; } = new(
        "Ending the sandbox.",
        "The sandbox takes long to end.",
        "The sandbox does not end. Exiting without it.");
}

using Recon.Cli.Hosting;
using Recon.Postgres.Runs;
using Spectre.Console;

namespace Recon.Cli.Rendering;

/// <summary>Progress on a terminal: a bar by bytes with records per second.</summary>
internal sealed class BarProgress : IProgressDisplay
{
    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(200);

    private readonly TimeProvider _clock;
    private readonly IAnsiConsole _console;
    private TaskCompletionSource _finished = new();
    private Task _drawing = Task.CompletedTask;

    /// <summary>Makes the display.</summary>
    public BarProgress(CliContext context)
    {
        _clock = context.Clock;
        _console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(context.Error),
            ColorSystem = context.UseColour ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
        });
    }

    public void Started(string pipeline, Func<RunState> state)
    {
        _finished = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _drawing = DrawAsync(pipeline, state, _finished.Task);
    }

    public void Finished(string pipeline) => _finished.TrySetResult();

    public void Say(string message) => _console.WriteLine(message);

    public Task SettleAsync() => _drawing;

    private Task DrawAsync(string pipeline, Func<RunState> state, Task finished)
        => _console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn())
            .StartAsync(async context =>
            {
                long start = _clock.GetTimestamp();
                RunState now = state();
                ProgressTask bar = context.AddTask(pipeline, maxValue: now.TotalBytes ?? 1);
                bar.IsIndeterminate = now.TotalBytes is null;
                while (!finished.IsCompleted)
                {
                    now = state();
                    bar.Value = now.Phase == "reading" ? now.BytesRead : bar.MaxValue;
                    bar.Description = Markup.Escape(ProgressText.Of(pipeline, now, _clock.GetElapsedTime(start)));
                    await Task.WhenAny(finished, Task.Delay(s_period, _clock, CancellationToken.None));
                }
            });
}

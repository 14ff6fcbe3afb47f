using Recon.Dataflow.Extract;

namespace Recon.Cli.Hosting;

/// <summary>What is around a command: streams, environment, clock, signals. Disposing it stops listening to signals.</summary>
internal sealed class CliContext : IDisposable
{
    private const string EraseLine = "\r\u001b[K";

    private readonly Lock _gate = new();
    private bool _hasBegunData;
    private string _status = "";

#pragma warning disable CA2000 // The context owns the signals, and writers that own nothing.
    private CliContext(TextWriter output, TextWriter error, Func<string, string?> environment, RunSignals signals)
    {
        (Output, Error, Data, Environment, Signals) = (new TerminalWriter(output), new TerminalWriter(error), output, environment, signals);
        signals.Say = ErrorLine;
        if (signals.EndProcess is { } end)
        {
            signals.EndProcess = exitCode =>
            {
                Status("");
                end(exitCode);
            };
        }
    }

    /// <summary>Takes the result, and nothing else: texts for people, and JSON.</summary>
    public TerminalWriter Output { get; }

    /// <summary>Takes progress, messages, logs and metrics.</summary>
    public TerminalWriter Error { get; }

    /// <summary>Why standard output did not take all; <see langword="null"/> when it did, as far as can be known.</summary>
    public string? OutputFault
        => Output.Fault?.Message ?? (IsProcess && StandardStreams.IsOutputLeft() ? "whoever read it has closed it" : null);

    /// <summary>Whether something of a result was written.</summary>
    public bool HasBegunResult => _hasBegunData || Output.HasBegun;

    private TextWriter Data { get; init; }

    private bool IsProcess { get; init; }

    /// <summary>Answers of the user; empty unless somebody can type them.</summary>
    public TextReader Input { get; private init; } = TextReader.Null;

    /// <summary>Reads a variable of the environment; <see langword="null"/> when it is not set.</summary>
    public Func<string, string?> Environment { get; }

    public TimeProvider Clock { get; } = TimeProvider.System;

    public RunSignals Signals { get; }

    /// <summary>Whether somebody watches <see cref="Error"/> on a terminal.</summary>
    public bool IsErrorTerminal { get; private init; }

    public bool CanAsk { get; private init; }

    /// <summary>Whether a line of <see cref="Error"/> can be drawn anew.</summary>
    public bool HasStatusLine => IsErrorTerminal && Environment("TERM") != "dumb";

    public static CliContext OfProcess()
        => new(Console.Out, StandardStreams.IsErrorOpen ? Console.Error : TextWriter.Null, System.Environment.GetEnvironmentVariable, RunSignals.OfProcess())
        {
            IsProcess = true,
            Data = Console.IsOutputRedirected ? Console.Out : new TerminalWriter(Console.Out),
            OutputWidth = Console.IsOutputRedirected ? null : Width,
            Input = Console.In,
            IsErrorTerminal = StandardStreams.IsErrorOpen && !Console.IsErrorRedirected,
            CanAsk = StandardStreams.IsInputOpen && StandardStreams.IsErrorOpen
                && !Console.IsInputRedirected && !Console.IsErrorRedirected,
        };

    /// <summary>A context inside another program.</summary>
    /// <param name="answers">What answers questions; nobody when <see langword="null"/>.</param>
    public static CliContext Of(
        TextWriter output, TextWriter error, Func<string, string?> environment, CancellationToken token, TextReader? answers = null)
        => new(output, error, environment, RunSignals.Of(TimeProvider.System, token))
        {
            Input = answers ?? TextReader.Null,
            CanAsk = answers is not null,
        };
#pragma warning restore CA2000

    /// <summary>What takes a result that other programs read, as it is unless a terminal shows it. A failure is thrown.</summary>
    public TextWriter BeginData()
    {
        _hasBegunData = true;
        return Data;
    }

    public void Line(string text) => Output.WriteLine(text);

    /// <summary>Writes a line for people, above the status. Thread-safe.</summary>
    public void ErrorLine(string text)
    {
        lock (_gate)
        {
            Error.Order(_status.Length == 0 ? "" : EraseLine);
            Error.WriteLine(text);
            Error.Write(_status);
            Error.Flush();
        }
    }

    /// <summary>Draws the last line of the terminal anew. Nothing else is written there but by this object. Thread-safe.</summary>
    /// <param name="line">The line, cut at <see cref="StatusWidth"/>; empty for none.</param>
    public void Status(string line)
    {
        lock (_gate)
        {
            Error.Order(_status.Length + line.Length == 0 ? "" : EraseLine);
            line = TerminalText.Escape(line);
            _status = line[..Math.Min(line.Length, StatusWidth)];
            Error.Write(_status);
            Error.Flush();
        }
    }

    /// <summary>Characters of a status line: what the terminal has, but for the last column and its echo of Ctrl-C (^C), which must not wrap.</summary>
    public static int StatusWidth => Width - 3;

    /// <summary>Columns of the terminal that shows standard output; <see langword="null"/> when none does.</summary>
    public int? OutputWidth { get; private init; }

    public void Dispose() => Signals.Dispose();

    private static int Width
    {
        get
        {
            try
            {
                return Console.WindowWidth is > 1 and int width ? width : 80;
            }
            catch (IOException)
            {
                return 80;
            }
        }
    }
}

using Recon.Dataflow;
using Recon.Dataflow.Extract;
using Recon.ObjectStorage;

namespace Recon.Cli.Hosting;

/// <summary>What is around a command: streams, environment, clock, signals. Disposing it stops listening to signals.</summary>
internal sealed class CliContext : IDisposable
{
    private const string EraseRest = "\u001b[K";
    private const string EraseBelow = "\u001b[J";
    private const string PlainKeys = "\u001b[?1l\u001b>";

    private readonly Lock _gate = new();
    private bool _hasBegunData;
    private string[] _status = [];
    private int[] _lengths = [];
    private bool _hasReadKeys;
    private ObjectStore? _objects;

#pragma warning disable CA2000 // The context owns the signals, and writers that own nothing.
    private CliContext(TextWriter output, TextWriter error, Func<string, string?> environment, RunSignals signals)
    {
        (Output, Error, Data, Environment, Signals) = (new TerminalWriter(output), new TerminalWriter(error), output, environment, signals);
        signals.Say = ErrorLine;
        signals.Killed = () => Status([]);
        if (signals.EndProcess is { } end)
        {
            signals.EndProcess = exitCode =>
            {
                Status([]);
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

    /// <summary>Answers of the user; empty unless somebody can type them. Asked for only where they are wanted: a terminal is set up for it.</summary>
    public TextReader Input
    {
        get
        {
            _hasReadKeys |= IsProcess;
            return field ??= IsProcess ? Console.In : TextReader.Null;
        }

        private init;
    }

    /// <summary>Reads a variable of the environment; <see langword="null"/> when it is not set.</summary>
    public Func<string, string?> Environment { get; }

    public TimeProvider Clock { get; } = TimeProvider.System;

    /// <summary>Where addresses of objects lead. Nothing is asked of any storage before one is read.</summary>
    public IObjectStore Objects => _objects ??= ObjectStore.FromEnvironment(Environment);

    public RunSignals Signals { get; }

    /// <summary>Makes all lines of <see cref="Error"/> JSON; <see langword="null"/> while they are for people.</summary>
    public JsonLogger? Json { get; private set; }

    /// <summary>Whether somebody watches <see cref="Error"/> on a terminal.</summary>
    public bool IsErrorTerminal { get; private set; }

    public bool CanAsk { get; private set; }

    /// <summary>Whether lines of <see cref="Error"/> can be drawn anew.</summary>
    public bool HasStatus => IsErrorTerminal && Environment("TERM") != "dumb";

    private bool HasColours => HasStatus && Environment("NO_COLOR") is null or "";

    /// <summary>
    /// Tells the key that somebody pressed, if any; <see langword="null"/> where keys are not for this command. A program that reads
    /// its output may read the keyboard, too.
    /// </summary>
    public Func<char?>? Key => HasKeys ? ReadKey : null;

    private bool HasKeys { get; init; }

    public static CliContext OfProcess()
        => new(Console.Out, StandardStreams.IsErrorOpen ? Console.Error : TextWriter.Null, System.Environment.GetEnvironmentVariable, RunSignals.OfProcess())
        {
            IsProcess = true,
            Data = Console.IsOutputRedirected ? Console.Out : new TerminalWriter(Console.Out),
            OutputWidth = Console.IsOutputRedirected ? null : Width,
            HasKeys = !Keyboard.IsShared,
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

    /// <summary>From here on <see cref="Error"/> is for machines, whatever shows it.</summary>
    public void LogAsJson()
        => (Json, IsErrorTerminal, CanAsk) = (new JsonLogger(WriteErrorLine, Clock), false, false);

    public void Line(string text) => Output.WriteLine(text);

    /// <summary>Writes a line for people, above the status; an event, where lines are JSON. Thread-safe.</summary>
    public void ErrorLine(string text)
    {
        if (Json is { } log)
        {
            log.Told(text);
        }
        else
        {
            WriteErrorLine(text);
        }
    }

    private void WriteErrorLine(string text)
    {
        lock (_gate)
        {
            Error.Order(_status.Length == 0 ? "" : ToStatus() + EraseBelow);
            Error.WriteLine(text);
            Error.Order(string.Join('\n', _status));
            Error.Flush();
        }
    }

    /// <summary>Draws the last lines of the terminal anew. Nothing else is written there but by this object. Thread-safe.</summary>
    /// <param name="lines">The lines, cut at <see cref="StatusWidth"/>, and no more than fit; none to end it.</param>
    public void Status(IReadOnlyList<InkLine> lines)
    {
        lock (_gate)
        {
            string begin = _status.Length == 0 ? "" : ToStatus();
            int width = StatusWidth;
            InkLine[] shown = [.. lines.Take(StatusHeight)];
            _lengths = [.. shown.Select(line => Math.Min(line.Length, width))];
            string[] drawn = [.. shown.Select(line => line.Draw(width, HasColours))];

            // Each line is written over the one before and what is left of it erased: nothing flickers.
            Error.Order(begin + string.Join('\n', drawn.Select(line => line + EraseRest)) + (begin.Length == 0 ? "" : EraseBelow));
            _status = drawn;
            Error.Flush();
        }
    }

    // The way to where the status begins, in as many rows as it has by now: a terminal that has become narrower wraps it.
    private string ToStatus()
    {
        int width = Width;
        int rows = _lengths.Sum(length => Math.Max(1, (length + width - 1) / width));
        return rows == 1 ? "\r" : $"\r\u001b[{rows - 1}A";
    }

    /// <summary>Characters of a status line: what the terminal has, but for the last column and its echo of Ctrl-C (^C), which must not wrap.</summary>
    public static int StatusWidth => Math.Max(1, Width - 3);

    /// <summary>Lines that a status may have: one of the terminal stays for what is written above it.</summary>
    public static int StatusHeight => Math.Max(1, Size(static () => Console.WindowHeight, 24) - 1);

    /// <summary>Columns of the terminal that shows standard output; <see langword="null"/> when none does.</summary>
    public int? OutputWidth { get; private init; }

    /// <summary>Columns of the terminal that shows standard error; <see langword="null"/> when none does.</summary>
    public int? ErrorWidth => IsErrorTerminal ? Width : null;

    public void Dispose()
    {
        Signals.Dispose();
        _objects?.Dispose();
        SetPlainKeys(_hasReadKeys);
    }

    // The first look has the runtime switch the keys of the terminal to their application mode, and nothing switches them back.
    // They are switched back at once, so that no kind of end leaves them so; and at the end, as the runtime does it again when
    // the process was stopped and goes on.
    private char? ReadKey()
    {
        char? key = Keyboard.Read();
        SetPlainKeys(!_hasReadKeys);
        _hasReadKeys = true;
        return key;
    }

    private void SetPlainKeys(bool isWanted)
    {
        if (isWanted && HasStatus)
        {
            lock (_gate)
            {
                Error.Order(PlainKeys);
                Error.Flush();
            }
        }
    }

    private static int Width => Size(static () => Console.WindowWidth, 80);

    private static int Size(Func<int> ofTerminal, int otherwise)
    {
        try
        {
            return ofTerminal() is > 1 and int size ? size : otherwise;
        }
        catch (IOException)
        {
            return otherwise;
        }
    }
}

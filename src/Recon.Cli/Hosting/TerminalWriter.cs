using System.Text;

namespace Recon.Cli.Hosting;

/// <summary>
/// A standard stream for people. Nothing that is written to it gives orders to a terminal, and its failure (a full disk, a
/// terminal that is gone) does not change what becomes of the command: it is kept, and what follows is dropped.
/// </summary>
internal sealed class TerminalWriter(TextWriter stream) : TextWriter
{
    public override Encoding Encoding => stream.Encoding;

    /// <summary>Why the stream takes nothing any more.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>Whether anything was written.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Writes what recon itself tells the terminal to do.</summary>
    public void Order(string sequence) => Try(sequence, static (stream, text) => stream.Write(text));

    public override void Write(char value) => Write(value.ToString());

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(string? value)
    {
        HasBegun |= !string.IsNullOrEmpty(value);
        Try(value ?? "", static (stream, text) => stream.Write(TerminalText.Escape(text)));
    }

    // Whole, so that lines of several threads do not mix.
    public override void WriteLine(string? value) => Write(value + Environment.NewLine);

    public override void Flush() => Try("", static (stream, _) => stream.Flush());

    private void Try(string text, Action<TextWriter, string> write)
    {
        try
        {
            if (Fault is null)
            {
                write(stream, text);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Fault = failure;
        }
    }
}

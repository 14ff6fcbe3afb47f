using System.CommandLine;
using System.Text.Json.Serialization;
using Recon.Cli.Hosting;

namespace Recon.Cli.Commands;

/// <summary>
/// <c>recon completion</c>: a script that lets a shell complete commands, options, pipelines and words. The scripts ask recon
/// itself, by the parser's <c>[suggest:POSITION]</c> directive, so that they never need to be made again.
/// </summary>
internal static class CompletionCommand
{
    private static readonly Example[] s_examples =
    [
        new("source <(recon completion bash)", "In ~/.bashrc."),
        new("recon completion zsh > \"${fpath[1]}/_recon\"", "Once; before compinit runs."),
        new("recon completion fish > ~/.config/fish/completions/recon.fish", "Once."),
        new("recon completion pwsh | Out-String | Invoke-Expression", "In the file that $PROFILE names."),
    ];

    // The line goes to recon up to the cursor, under the name by which its parser knows itself.
    private const string Bash = """
        _recon() {
            local line="${COMP_LINE:0:COMP_POINT}"
            line="recon${line:${#COMP_WORDS[0]}}"
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" "[suggest:${#line}]" "$line" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _recon recon

        """;

    private const string Zsh = """
        #compdef recon
        _recon() {
            local line="recon ${(j: :)words[2,CURRENT]}"
            local -a found
            found=("${(@f)$("$words[1]" "[suggest:${#line}]" "$line" 2>/dev/null)}")
            compadd -- ${found:#} && return
            _files
        }
        if [ "$funcstack[1]" = "_recon" ]; then _recon "$@"; else compdef _recon recon; fi

        """;

    private const string Fish = """
        function __recon_complete
            set -l words (commandline -opc) (commandline -ct)
            set -l line (string join ' ' -- recon $words[2..-1])
            $words[1] "[suggest:"(string length -- $line)"]" "$line" 2>/dev/null
        end
        complete -c recon -a '(__recon_complete)'

        """;

    private const string Pwsh = """
        Register-ArgumentCompleter -Native -CommandName recon -ScriptBlock {
            param($word, $ast, $position)
            $typed = $ast.ToString().PadRight($position - $ast.Extent.StartOffset).Substring(0, $position - $ast.Extent.StartOffset)
            $line = 'recon' + $typed.Substring($ast.CommandElements[0].ToString().Length)
            & $ast.CommandElements[0].ToString() "[suggest:$($line.Length)]" $line 2>$null |
                Where-Object { $_ -like "$word*" } |
                ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
        }

        """;

    public static Command Create(CommandBinder binder)
    {
        var shell = CommonOptions.Word("shell", "The shell", "The shell: bash, zsh, fish or pwsh.", "bash", "zsh", "fish", "pwsh");
        var command = new Command("completion", "Print a script that completes commands, options and pipelines in your shell.") { shell };
        return binder.Bind(command, s_examples, (parse, invocation) =>
        {
            string script = parse.GetRequiredValue(shell) switch
            {
                "bash" => Bash,
                "zsh" => Zsh,
                "fish" => Fish,
                _ => Pwsh,
            };
            invocation.Text(invocation.Json ? JsonText.Of(new CompletionDocument(script), CompletionJson.Default.CompletionDocument) : script);
            return Task.FromResult(ExitCodes.Done);
        });
    }
}

internal sealed record CompletionDocument(string Script);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(CompletionDocument))]
internal sealed partial class CompletionJson : JsonSerializerContext;

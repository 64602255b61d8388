using System.Text;

namespace Anit.Nlu.Prompts;

/// <summary>A prompt as text, with the places of the instruction and of the text to be understood (UTF-16 code units).</summary>
/// <param name="Text">Everything up to the place where the answer begins.</param>
/// <param name="Instruction">Where the instruction stands.</param>
/// <param name="Context">Where the row's text stands; empty when it has none.</param>
public readonly record struct RenderedPrompt(string Text, Range Instruction, Range Context);

/// <summary>Turns a row into the prompt a model reads and the target it learns.</summary>
/// <remarks>
/// <c>anit</c> is one line a field; a field the row lacks has no line:
/// <code>
/// Instruction: ...
/// Question: ...
/// Format: ...
/// Option: person, location
/// Text: ...
/// Answer:
/// </code>
/// and the target is a space and the answer. <c>alpaca</c> (Taori et al. 2023) puts the context under <c>### Input:</c>, and its answer
/// begins a line. <c>inline</c> is the same with every field inside the instruction, and no input. <c>chat</c> is what <c>inline</c> puts under
/// <c>### Instruction:</c>, alone: the user's turn, for the model's own chat template to put its marks around, and the answer is the assistant's.
/// The end-of-text token is the trainer's to add; there is none in between.
/// </remarks>
public abstract class PromptTemplate
{
    /// <summary>The six labelled lines, the default.</summary>
    public static PromptTemplate Anit { get; } = new LabelledLines();

    /// <summary>Stanford Alpaca's preamble and headings.</summary>
    public static PromptTemplate Alpaca { get; } = new AlpacaHeadings();

    /// <summary>Stanford Alpaca's headings with every field inside the instruction.</summary>
    public static PromptTemplate Inline { get; } = new InlineHeadings();

    /// <summary>The user's turn of a conversation.</summary>
    public static PromptTemplate Chat { get; } = new UserTurn();

    /// <summary>Names of all templates, the default first.</summary>
    public static IReadOnlyList<string> Names { get; } = [Anit.Name, Alpaca.Name, Inline.Name, Chat.Name];

    /// <summary>Name of the template on a command line.</summary>
    public abstract string Name { get; }

    /// <summary>The template of a name.</summary>
    public static PromptTemplate ByName(string name) => name switch
    {
        "anit" => Anit,
        "alpaca" => Alpaca,
        "inline" => Inline,
        "chat" => Chat,
        _ => throw new ArgumentException($"prompt template \"{name}\" is none of {string.Join(", ", Names)}", nameof(name)),
    };

    /// <summary>The prompt of a row, with its raw instruction unless another one is given.</summary>
    public string Prompt(NluRow row, string? instructionOverride = null) => Render(row, instructionOverride).Text;

    /// <summary>What the model has to produce after the prompt.</summary>
    public abstract string Target(NluRow row);

    /// <summary>The prompt of a row with the places of its parts.</summary>
    public RenderedPrompt Render(NluRow row, string? instructionOverride = null)
    {
        var prompt = new Rendering();
        Write(prompt, row, instructionOverride ?? row.Instruction);
        return new(prompt.Text.ToString(), prompt.Instruction, prompt.Context);
    }

    private protected abstract void Write(Rendering prompt, NluRow row, string instruction);

    private protected static void WriteContext(Rendering prompt, NluRow row)
    {
        if (!string.IsNullOrEmpty(row.Question)) prompt.Text.Append("Question: ").Append(row.Question).Append('\n');
        if (!string.IsNullOrEmpty(row.Format)) prompt.Text.Append("Format: ").Append(row.Format).Append('\n');
        if (row.Options is { Count: > 0 } options) prompt.Text.Append("Option: ").AppendJoin(", ", options).Append('\n');
        if (string.IsNullOrEmpty(row.Text)) return;
        prompt.Text.Append("Text: ");
        prompt.Context = prompt.Append(row.Text);
        prompt.Text.Append('\n');
    }

    private protected sealed class Rendering
    {
        public StringBuilder Text { get; } = new();

        public Range Instruction { get; set; }

        public Range Context { get; set; }

        public Range Append(string part)
        {
            var start = Text.Length;
            Text.Append(part);
            return start..Text.Length;
        }
    }

    sealed class LabelledLines : PromptTemplate
    {
        public override string Name => "anit";

        public override string Target(NluRow row) => " " + row.Target;

        private protected override void Write(Rendering prompt, NluRow row, string instruction)
        {
            prompt.Text.Append("Instruction: ");
            prompt.Instruction = prompt.Append(instruction);
            prompt.Text.Append('\n');
            WriteContext(prompt, row);
            prompt.Text.Append("Answer:");
        }
    }

    // The instruction and below it the context; a text that is all of the context has no label, as people write it.
    private protected static void WriteTurn(Rendering prompt, NluRow row, string instruction)
    {
        prompt.Instruction = prompt.Append(instruction);
        if (row.Task == NluTask.Other)
        {
            if (string.IsNullOrEmpty(row.Text)) return;
            prompt.Text.Append("\n\n");
            prompt.Context = prompt.Append(row.Text);
            return;
        }
        prompt.Text.Append('\n');
        WriteContext(prompt, row);
        prompt.Text.Length--; // the last line break
    }

    sealed class UserTurn : PromptTemplate
    {
        public override string Name => "chat";

        public override string Target(NluRow row) => row.Target;

        private protected override void Write(Rendering prompt, NluRow row, string instruction) => WriteTurn(prompt, row, instruction);
    }

    sealed class InlineHeadings : PromptTemplate
    {
        public override string Name => "inline";

        public override string Target(NluRow row) => row.Target;

        private protected override void Write(Rendering prompt, NluRow row, string instruction)
        {
            prompt.Text.Append(AlpacaHeadings.WithoutInput).Append(AlpacaHeadings.Request);
            WriteTurn(prompt, row, instruction);
            prompt.Text.Append("\n\n### Response:\n");
        }
    }

    sealed class AlpacaHeadings : PromptTemplate
    {
        const string Task = "Below is an instruction that describes a task";
        const string WithInput = Task + ", paired with an input that provides further context. ";
        internal const string WithoutInput = Task + ". ";
        internal const string Request = "Write a response that appropriately completes the request.\n\n### Instruction:\n";

        public override string Name => "alpaca";

        public override string Target(NluRow row) => row.Target;

        private protected override void Write(Rendering prompt, NluRow row, string instruction)
        {
            var input = new Rendering();
            if (row.Task == NluTask.Other) input.Context = input.Append(row.Text ?? "");
            else WriteContext(input, row);

            var context = input.Text.ToString().TrimEnd('\n');
            prompt.Text.Append(context.Length > 0 ? WithInput : WithoutInput).Append(Request);
            prompt.Instruction = prompt.Append(instruction);
            if (context.Length > 0)
            {
                prompt.Text.Append("\n\n### Input:\n");
                var start = prompt.Text.Length;
                prompt.Text.Append(context);
                prompt.Context = (start + input.Context.Start.Value)..Math.Min(start + input.Context.End.Value, prompt.Text.Length);
            }
            prompt.Text.Append("\n\n### Response:\n");
        }
    }
}

using Anit.Models.Jinja;

namespace Anit.Models.Tests.Jinja;

public sealed class JinjaTemplateTests
{
    [Theory]
    [InlineData("a\n{% if x %}\nb", "t.jinja line 2: 'if' has no 'endif'; found the end of the template")]
    [InlineData("{% for a in b %}{% endif %}", "t.jinja line 1: 'for' has no 'endfor'; found 'endif'")]
    [InlineData("\n\n{{ 1 + }}", "t.jinja line 3: expected an expression, found }}")]
    [InlineData("{{ a b }}", "t.jinja line 1: expected }}, found 'b'")]
    [InlineData("{{ 'abc }}", "t.jinja line 1: the string that begins here has no end '")]
    [InlineData("x\n{{ a", "t.jinja line 2: the tag that begins here has no end '}}'")]
    [InlineData("{# a", "t.jinja line 1: the comment that begins here has no end '#}'")]
    [InlineData("{% raw %}{{", "t.jinja line 1: {% raw %} has no {% endraw %}")]
    [InlineData("{{ (1] }}", "t.jinja line 1: unexpected ']'")]
    [InlineData("{{ a ? b }}", "t.jinja line 1: unexpected '?'")]
    [InlineData("{% include 'x' %}", "t.jinja line 1: 'include' is not supported: a chat template is one file")]
    [InlineData("{% nonsense %}", "t.jinja line 1: there is no tag 'nonsense'")]
    [InlineData("{% endif %}", "t.jinja line 1: 'endif' has nothing to end")]
    [InlineData("{% break %}", "t.jinja line 1: 'break' stands outside of a loop")]
    [InlineData("{% set true = 1 %}", "t.jinja line 1: true is no variable")]
    public void A_template_that_cannot_be_read_is_one_line_with_file_and_line(string template, string message) =>
        Assert.Equal(message, Assert.Throws<InvalidDataException>(() => new JinjaTemplate(template, "t.jinja")).Message);

    [Theory]
    [InlineData("ok\n{{ raise_exception('no\nsystem turn') }}", "t.jinja line 2: no system turn")]
    [InlineData("\n{{ messages[0].role }}", "t.jinja line 2: 'messages', which is undefined, has no '0'")]
    [InlineData("{{ 'a' | nothing }}", "t.jinja line 1: there is no filter 'nothing'")]
    [InlineData("{{ 'a' is nothing }}", "t.jinja line 1: there is no test 'nothing'")]
    [InlineData("{{ 'a' + 1 }}", "t.jinja line 1: a string + an integer is not possible")]
    [InlineData("{{ x + 'a' }}", "t.jinja line 1: 'x', which is undefined, is used with '+'")]
    [InlineData("{{ nothing(1) }}", "t.jinja line 1: there is no function 'nothing'")]
    [InlineData("{{ [].append(1) }}", "t.jinja line 1: 'append' would change a value, which templates may not do")]
    [InlineData("{{ strftime_now('%d') }}", "t.jinja line 1: there is no function 'strftime_now'")] // no date was given: never the clock
    [InlineData("{{ 'a'.split(',', 1, 2) }}", "t.jinja line 1: split takes no more than 2 arguments, found 3")]
    [InlineData("{% macro m() %}\n{{ 1 / 0 }}{% endmacro %}\n{{ m() }}", "t.jinja line 2: division by zero")]
    public void A_rendering_that_fails_is_one_line_with_file_and_line(string template, string message) =>
        Assert.Equal(message, Assert.Throws<InvalidDataException>(() => new JinjaTemplate(template, "t.jinja").Render([])).Message);

    [Theory]
    [InlineData("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}")]
    [InlineData("{% macro m(x) %}{{ m([x]) ~ m([x]) }}{% endmacro %}{{ m(1) }}")]
    [InlineData("{{ range(100000000000) }}")]
    [InlineData("{{ 'a' * 100000000000 }}")]
    [InlineData("{{ [1] * 100000000000 }}")]
    [InlineData("{{ ''.ljust(2000000000) }}")]
    [InlineData("{% for i in range(1000000) %}{% for j in range(1000000) %}{% endfor %}{% endfor %}")]
    [InlineData("{% for i in range(1000000) %}{{ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' }}{% endfor %}")]
    [InlineData("{% set n = namespace(s='ab') %}{% for i in range(99) %}{% set n.s = n.s ~ n.s %}{% endfor %}")]
    [InlineData("{% set n = namespace(s='ab') %}{% for i in range(99) %}{% set n.s = n.s.replace('', n.s) %}{% endfor %}")]
    [InlineData("{% set n = namespace(s=[1]) %}{% for i in range(99) %}{% set n.s = n.s + n.s %}{% endfor %}")]
    [InlineData("{% set n = namespace(s=[]) %}{% for i in range(1000000) %}{% set n.s = [n.s] %}{% endfor %}{{ n.s }}")]
    [InlineData("{% set n = namespace(s=[]) %}{% for i in range(1000000) %}{% set n.s = [n.s] %}{% endfor %}{{ n.s | tojson }}")]
    [InlineData("{% set n = namespace(s=[], t=[]) %}{% for i in range(99) %}{% set n.s = [n.s, n.s] %}{% set n.t = [n.t, n.t] %}{% endfor %}"
        + "{{ n.s == n.t }}")]
    [InlineData("{% set n = namespace(s=[1]) %}{% for i in range(99) %}{% set n.s = [n.s, n.s] %}{% endfor %}{{ n.s }}")]
    [InlineData("{% set x = 'a' * 30000000 %}{% for i in range(100) %}{% set y = x.upper() %}{% endfor %}")]
    [InlineData("{% set l = range(4000000) %}{% for i in l %}{{ 5 in l[1:] }}{% endfor %}")]
    [InlineData("{% set n = namespace(l=[1]) %}{% for i in range(1000000) %}{% set n.l = n.l | map('string') %}{% endfor %}{{ n.l | list }}")]
    public void A_template_without_end_ends_with_an_error(string template)
    {
        // On a small stack, as threads of a pool have it.
        Exception? caught = null;
        var thread = new Thread(() => caught = Record.Exception(() => new JinjaTemplate(template, "t.jinja").Render([])), 1 << 20);
        thread.Start();
        Assert.True(thread.Join(TimeSpan.FromMinutes(1)), "it goes on and on");
        Assert.IsType<InvalidDataException>(caught);
    }

    [Theory]
    [InlineData("(", ")")]
    [InlineData("[", "]")]
    [InlineData("{1:", "}")]
    [InlineData("-", "")]
    [InlineData("not ", "")]
    [InlineData("1 if ", "else 1")]
    public void Expressions_nested_without_end_are_refused(string open, string close)
    {
        var deep = string.Concat(Enumerable.Repeat(open, 100_000)) + "1" + string.Concat(Enumerable.Repeat(close, 100_000));
        Assert.Throws<InvalidDataException>(() => new JinjaTemplate("{{ " + deep + " }}", "t.jinja"));
    }

    [Theory]
    [InlineData("{% if 1 %}", "{% endif %}")]
    [InlineData("{% for a in b %}", "{% endfor %}")]
    [InlineData("{% macro m() %}", "{% endmacro %}")]
    [InlineData("{% set a %}", "{% endset %}")]
    public void Blocks_nested_without_end_are_refused(string open, string close) => Assert.Throws<InvalidDataException>(() =>
        new JinjaTemplate(string.Concat(Enumerable.Repeat(open, 100_000)) + string.Concat(Enumerable.Repeat(close, 100_000)), "t.jinja"));

    [Theory]
    [InlineData("1", " + 1")]
    [InlineData("1", "|string")]
    [InlineData("x", ".y")]
    [InlineData("1", " if 1")]
    [InlineData("1", " or 1")]
    [InlineData("1", " is none")]
    [InlineData("m", "()")]
    public void Long_chains_render_and_endless_ones_are_refused(string first, string link)
    {
        foreach (var links in new[] { 300, 200_000 })
        {
            var template = "{{ " + first + string.Concat(Enumerable.Repeat(link, links)) + " }}";
            var failed = Record.Exception(() => new JinjaTemplate(template, "t.jinja").Render([]));
            // What a condition lets through is a tail call, which takes no stack once the code has run often enough to be compiled for speed.
            Assert.True(failed is InvalidDataException || (failed is null && (links == 300 || link == " if 1")), $"{links}: {failed}");
        }
        Assert.Equal("301", new JinjaTemplate("{{ 1" + string.Concat(Enumerable.Repeat(" + 1", 300)) + " }}", "t.jinja").Render([]));
    }

    [Fact]
    public void A_damaged_template_renders_or_fails_by_name_for_any_damage()
    {
        var files = Directory.GetFiles(Path.Combine(SharedData.Repository, "tests", "Anit.Models.Tests", "Jinja", "templates")).Order().ToList();
        var rendered = 0;
        for (var seed = 0; seed < 1_500; seed++)
        {
            var random = new Random(seed);
            var text = File.ReadAllText(files[seed % files.Count]);
            for (var i = random.Next(1, 4); i > 0; i--)
            {
                var (at, length) = (random.Next(text.Length), random.Next(1, 12));
                var piece = text.Substring(random.Next(text.Length - 12), length);
                text = random.Next(2) == 0 ? text.Remove(at, Math.Min(length, text.Length - at)) : text.Insert(at, piece);
            }
            try
            {
                new JinjaTemplate(text, "damaged").Render(Conversations.Make(seed, tools: true));
                rendered++;
            }
            catch (InvalidDataException fault)
            {
                Assert.StartsWith("damaged line ", fault.Message, StringComparison.Ordinal);
                Assert.DoesNotContain('\n', fault.Message);
            }
        }
        Assert.InRange(rendered, 100, 1_400);
    }

    [Fact]
    public void Variables_may_be_JSON_dictionaries_sequences_and_numbers()
    {
        var variables = new Dictionary<string, object?>
        {
            ["json"] = System.Text.Json.JsonDocument.Parse("""{"a": [1, 2.5, null, true, "x"]}""").RootElement,
            ["map"] = new Dictionary<string, object?> { ["b"] = new[] { 1, 2 } }, ["int"] = 3, ["text"] = "t", ["nothing"] = null,
        };
        Assert.Equal("{'a': [1, 2.5, None, True, 'x']}|{'b': [1, 2]}|3|t|None",
            new JinjaTemplate("{{ json }}|{{ map }}|{{ int }}|{{ text }}|{{ nothing }}", "t").Render(variables));
        Assert.Throws<ArgumentException>(() => new JinjaTemplate("", "t").Render([KeyValuePair.Create("x", (object?)new object())]));
    }
}

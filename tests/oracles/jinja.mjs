// What @huggingface/jinja makes of templates, for tests/Anit.Models.Tests/Jinja.
//   node jinja.mjs < CASES    CASES has {"template", "variables"} on each line; the answer is {"text"} or {"error"} on each line.
import fs from 'node:fs';
import { Template } from '@huggingface/jinja';

const templates = new Map();
const answers = [];
for (const line of fs.readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
  const { template, variables } = JSON.parse(line);
  try {
    if (!templates.has(template)) templates.set(template, new Template(template));
    answers.push({ text: templates.get(template).render(variables) });
  } catch (error) {
    answers.push({ error: String(error.message) });
  }
}
fs.writeFileSync(1, answers.map(answer => JSON.stringify(answer) + '\n').join(''));

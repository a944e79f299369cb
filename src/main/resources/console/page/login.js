const form = document.getElementById("login");
const problem = document.getElementById("problem");

form.addEventListener("submit", async event => {
  event.preventDefault();
  const given = new FormData(form);
  form.querySelector("button").disabled = true;
  try {
    const answer = await fetch("/hawtio/auth/login", {
      method: "POST",
      headers: {"Content-Type": "application/json"},
      body: JSON.stringify({username: given.get("username"), password: given.get("password")})
    });
    if (answer.ok) {
      location.replace("/");
      return;
    }
    problem.textContent = (await answer.json()).error;
  } catch {
    problem.textContent = "the bridge does not answer";
  }
  form.querySelector("button").disabled = false;
  form.elements.password.select();
});

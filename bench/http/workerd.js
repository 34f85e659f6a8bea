// The same response from workerd, in the form that its documentation shows.
export default {
  fetch() {
    return new Response("hello\n");
  },
};
